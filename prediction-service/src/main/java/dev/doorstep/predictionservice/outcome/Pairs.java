package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.message.PredictionServed.ModelForecast;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.forecasting.PinballLoss;
import dev.doorstep.predictionservice.registry.Rollout;
import dev.doorstep.watching.verdict.Pair;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Orders that two models forecast, with what came of them. Thread-safe. */
@Component
public class Pairs {
    private static final int READS = 32;

    private final ModelStore store;
    private final Cohorts cohorts;
    private final Promises promises;
    private final MessageCodec codec = new MessageCodec();

    Pairs(ModelStore store, Cohorts cohorts, Promises promises) {
        this.store = store;
        this.cohorts = cohorts;
        this.promises = promises;
    }

    /**
     * A pair as it is stored.
     *
     * @param day of the order since 1970
     * @param pair what became of it
     */
    record Stored(long day, Pair pair) {}

    /** Keeps every two models that forecast an order, once: which of them is the candidate is the rollout's to say. */
    void put(Cohorts.Kept promise, List<ModelForecast> forecasts, LocalDate deliveredOn, Instant expires) {
        String promiseId = Objects.requireNonNull(promise.made()).promiseId();
        Map<String, ModelForecast> byDigest = new TreeMap<>();
        forecasts.forEach(each -> byDigest.put(each.digest(), each));
        for (ModelForecast candidate : byDigest.values()) {
            for (ModelForecast baseline : byDigest.values()) {
                if (candidate.digest().compareTo(baseline.digest()) > 0) {
                    Stored pair = new Stored(promise.day().toEpochDay(), pair(promise, baseline, candidate, deliveredOn));
                    store.put(ModelStore.Kind.PAIR, prefix(baseline.digest(), candidate.digest()) + promise.day() + "/" + promiseId,
                            codec.write(pair), expires);
                }
            }
        }
    }

    private static Pair pair(Cohorts.Kept promise, ModelForecast baseline, ModelForecast candidate, LocalDate deliveredOn) {
        return new Pair(promise.confidence(), loss(baseline, deliveredOn), loss(candidate, deliveredOn),
                deliveredOn.isAfter(baseline.deliveryDate()), deliveredOn.isAfter(candidate.deliveryDate()));
    }

    /** Mean pinball loss of the quantiles, days. */
    private static double loss(ModelForecast forecast, LocalDate deliveredOn) {
        double loss = 0;
        for (int i = 0; i < PredictionServed.LEVELS.size(); i++) {
            double level = PredictionServed.LEVELS.get(i);
            loss += PinballLoss.of(level, deliveredOn.toEpochDay() - (double) forecast.quantiles().get(i).toEpochDay());
        }
        return loss / PredictionServed.LEVELS.size();
    }

    /**
     * Pairs of a rollout's two models, by the day of their orders since 1970, of the mature days from one to another. What has not come by
     * the horizon counts as if it came on the day after, the least that it can cost.
     */
    public Map<Long, List<Pair>> cohorts(Rollout rollout, long from, long to) {
        Map<Long, List<Pair>> days = new TreeMap<>();
        String digest = rollout.baseline().digest();
        String candidate = rollout.candidate().digest();
        boolean sorted = candidate.compareTo(digest) > 0;
        for (byte[] body : store.list(ModelStore.Kind.PAIR, sorted ? prefix(digest, candidate) : prefix(candidate, digest))) {
            Stored stored = codec.read(body, Stored.class);
            if (stored.day() >= from && stored.day() <= to) {
                days.computeIfAbsent(stored.day(), _ -> new ArrayList<>()).add(sorted ? stored.pair() : stored.pair().swapped());
            }
        }
        days.forEach((day, pairs) -> pairs.addAll(overdue(LocalDate.ofEpochDay(day), digest, candidate)));
        return days;
    }

    private List<Pair> overdue(LocalDate day, String digest, String candidateDigest) {
        Cohorts.Cohort cohort = cohorts.of(day);
        // Many at once: decisions wait for it.
        return cohort.overdue().stream().gather(Gatherers.mapConcurrent(READS, promise -> {
            PredictionServed made = promises.readable(Objects.requireNonNull(promise.made()).predictionId());
            ModelForecast baseline = forecast(made, digest);
            ModelForecast candidate = forecast(made, candidateDigest);
            return Optional.ofNullable(baseline == null || candidate == null
                    ? null
                    : pair(promise, baseline, candidate, cohort.last().plusDays(1)));
        })).flatMap(Optional::stream).toList();
    }

    private static @Nullable ModelForecast forecast(@Nullable PredictionServed made, String digest) {
        return made == null || made.forecasts() == null
                ? null
                : made.forecasts().stream().filter(each -> each.digest().equals(digest)).findFirst().orElse(null);
    }

    private static String prefix(String digest, String candidateDigest) {
        return candidateDigest + "/" + digest + "/";
    }
}
