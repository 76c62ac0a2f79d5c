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
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
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
        return loss(forecast, day -> deliveredOn.toEpochDay() - (double) day.toEpochDay());
    }

    /** The same of what comes on some day after the last one: it may come just when a quantile says. */
    private static double leastLoss(ModelForecast forecast, LocalDate last) {
        return loss(forecast, day -> Math.max(0, last.toEpochDay() + 1.0 - day.toEpochDay()));
    }

    private static double loss(ModelForecast forecast, ToDoubleFunction<LocalDate> later) {
        double loss = 0;
        for (int i = 0; i < PredictionServed.LEVELS.size(); i++) {
            loss += PinballLoss.of(PredictionServed.LEVELS.get(i), later.applyAsDouble(forecast.quantiles().get(i)));
        }
        return loss / PredictionServed.LEVELS.size();
    }

    /**
     * Pairs of a rollout's two models, by the day of their orders since 1970, of the mature days from one to another, in an order that does
     * not depend on what became of them. What has not come by the horizon, or is lost, counts with the least that it can still cost.
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
        days.replaceAll((day, pairs) -> whole(LocalDate.ofEpochDay(day), pairs, digest, candidate));
        days.values().removeIf(List::isEmpty);
        return days;
    }

    /** None where of too many promises of the day nothing is known: those that came would be the fast ones. */
    private List<Pair> whole(LocalDate day, List<Pair> came, String digest, String candidateDigest) {
        Cohorts.Cohort cohort = cohorts.of(day);
        if (!cohort.known()) {
            return List.of();
        }
        List<Pair> pairs = new ArrayList<>(came);
        cohort.promises().stream().filter(each -> each.made() != null && each.made().deliveredOn() == null).gather(
                Gatherers.mapConcurrent(READS, promise -> notCome(promise, cohort.last(), digest, candidateDigest)))
                .flatMap(Optional::stream).forEach(pairs::add);
        Collections.shuffle(pairs, new Random(day.toEpochDay()));
        return pairs;
    }

    private Optional<Pair> notCome(Cohorts.Kept promise, LocalDate last, String digest, String candidateDigest) {
        PredictionServed made = promises.readable(Objects.requireNonNull(promise.made()).predictionId());
        ModelForecast baseline = forecast(made, digest);
        ModelForecast candidate = forecast(made, candidateDigest);
        boolean lost = promise.kept() != null;
        return baseline == null || candidate == null
                ? Optional.empty()
                : Optional.of(new Pair(promise.confidence(), leastLoss(baseline, last), leastLoss(candidate, last),
                        lost || !baseline.deliveryDate().isAfter(last), lost || !candidate.deliveryDate().isAfter(last)));
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
