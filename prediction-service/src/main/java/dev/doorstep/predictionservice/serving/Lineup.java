package dev.doorstep.predictionservice.serving;

import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.predictionservice.registry.Serving;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The models of one epoch, exchanged as a whole. Immutable.
 *
 * @param serving what was decided
 * @param active the model that answers
 * @param trials candidates beside it, and the model before it while it is provisional
 * @param pinned answers in safe mode, else null
 */
public record Lineup(Serving serving, LoadedModel active, List<Trial> trials, @Nullable Forecaster pinned) {
    private static final int SLOTS = 10_000;

    /**
     * Two models that forecast the same requests.
     *
     * @param rollout why
     * @param candidate the new one
     * @param baseline the one that it is compared with
     * @param progress what is counted of it
     */
    public record Trial(Rollout rollout, LoadedModel candidate, LoadedModel baseline, TrialProgress progress) {}

    public Lineup {
        trials = List.copyOf(trials);
    }

    /**
     * The model that answers a customer.
     *
     * @param customer who must see the same model each time: the customer's key, else the session; null where nobody is known
     */
    public LoadedModel answering(@Nullable String customer) {
        for (Trial trial : trials) {
            int percent = trial.rollout().isOpen() ? trial.rollout().percent() : 0;
            if (percent > 0 && slot(trial.rollout().rolloutId(), customer) < percent * (SLOTS / 100)) {
                return trial.candidate();
            }
        }
        return active;
    }

    /** The model that a candidate is to replace or has replaced, which answers where it fails; null where a model is on no trial. */
    public @Nullable LoadedModel before(LoadedModel candidate) {
        return trials.stream().filter(trial -> trial.candidate().ref().equals(candidate.ref())).map(Trial::baseline).findFirst()
                .orElse(null);
    }

    /** Another for each rollout, so that the same customers are not always the first; the same in each replica. */
    private static int slot(String rolloutId, @Nullable String customer) {
        long hash = customer == null
                ? ThreadLocalRandom.current().nextLong()
                : UUID.nameUUIDFromBytes((rolloutId + "/" + customer).getBytes(StandardCharsets.UTF_8)).getLeastSignificantBits();
        return (int) Math.floorMod(hash, (long) SLOTS);
    }
}
