package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.message.Outcome;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.prediction.Promise;
import dev.doorstep.featurestore.OutcomeStore;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.PromiseStore;
import dev.doorstep.watching.verdict.Rules;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Joins outcomes to promises and to what the models on trial had forecast. Joining again gives the same. Thread-safe. */
@Component
class Outcomes implements Consumer<Promise> {
    private static final Logger log = LoggerFactory.getLogger(Outcomes.class);
    /** How long it is kept what promises were made from and what became of them. */
    static final Duration PROMISED_KEPT = Duration.ofDays(400);
    private static final Duration RECORD_UNDERWAY = Duration.ofSeconds(10);

    private final OutcomeStore scans;
    private final PromiseStore served;
    private final Promises promises;
    private final Cohorts cohorts;
    private final Pairs pairs;
    private final Rules rules;
    private final Clock clock;

    Outcomes(OutcomeStore scans, PromiseStore served, Promises promises, Cohorts cohorts, Pairs pairs, Rules rules,
            Clock clock) {
        this.scans = scans;
        this.served = served;
        this.promises = promises;
        this.cohorts = cohorts;
        this.pairs = pairs;
        this.rules = rules;
        this.clock = clock;
    }

    /**
     * Takes a record of the topic, once.
     *
     * @throws IllegalStateException for an outcome within seconds of its promise, while what that was made from has not arrived
     */
    void take(Outcome outcome, PartitionId partition, long offset) {
        Promise promise = promises.find(outcome.promiseId(), outcome.orderId());
        if (promise == null) {
            scans.take(outcome, partition, offset, OutcomeStore.Taken.UNKNOWN, clock.instant().plus(PROMISED_KEPT));
            return;
        }
        if (Duration.between(promise.promisedAt(), clock.instant()).abs().compareTo(RECORD_UNDERWAY) < 0
                && served.served(promise.predictionId()) == null) {
            throw new IllegalStateException("promise " + promise.promiseId() + " is so young that its journal record is still underway");
        }
        List<Outcome> all = new ArrayList<>(scans.scans(promise.promiseId(), promise.orderId()));
        Outcome again = all.stream().filter(scan -> scan.outcomeId().equals(outcome.outcomeId())).findFirst().orElse(null);
        if (again == null) {
            scans.take(outcome, partition, offset, judged(outcome, promise, all), clock.instant().plus(PROMISED_KEPT));
            all.add(outcome);
        } else {
            // Also where one names the promise and the other its order.
            scans.skip(partition, offset, again.saysTheSameAs(outcome) ? OutcomeStore.Taken.DUPLICATE : OutcomeStore.Taken.CONTRADICTORY);
        }
        join(promise, all);
    }

    private OutcomeStore.Taken judged(Outcome outcome, Promise promise, List<Outcome> scansBefore) {
        if (Delivery.isEarly(promise, outcome)) {
            return OutcomeStore.Taken.EARLY;
        }
        List<Outcome> known = scansBefore.stream().filter(scan -> !Delivery.isEarly(promise, scan)).toList();
        if (known.stream().anyMatch(scan -> contradict(scan, outcome))) {
            return OutcomeStore.Taken.CONTRADICTORY;
        }
        return day(promise) <= rules.mature(clock.instant()).toEpochDay()
                ? OutcomeStore.Taken.LATE
                : OutcomeStore.Taken.APPLIED;
    }

    private static boolean contradict(Outcome known, Outcome next) {
        if (!Objects.equals(known.shipmentId(), next.shipmentId())) {
            return false;
        }
        if (known.type() == Outcome.Type.DELIVERED) {
            return next.type() == Outcome.Type.DELIVERED
                    ? !next.occurredAt().equals(known.occurredAt())
                    : next.occurredAt().isAfter(known.occurredAt());
        }
        return isEnd(known.type()) && isEnd(next.type()) && known.type() != next.type();
    }

    private static boolean isEnd(Outcome.Type type) {
        return type == Outcome.Type.DELIVERED || type == Outcome.Type.LOST || type == Outcome.Type.CANCELLED;
    }

    /** A promise was made: what it was made from stays, and outcomes that were earlier than it find it. */
    @Override
    public void accept(Promise promise) {
        Thread.startVirtualThread(() -> {
            try {
                // Before scans are looked for: a cancellation either finds it or is found.
                cohorts.open(observed(promise, null, null, null));
                served.extend(promise.predictionId(), clock.instant().plus(PROMISED_KEPT));
                List<Outcome> earlier = scans.scans(promise.promiseId(), promise.orderId());
                if (!earlier.isEmpty()) {
                    join(promise, earlier);
                }
            } catch (RuntimeException e) {
                log.warn("promise {} may be without its journal record or its day: {}", promise.promiseId(), e.toString());
            }
        });
    }

    private void join(Promise promise, List<Outcome> all) {
        PredictionServed prediction = promises.readable(promise.predictionId());
        Delivery delivery = Delivery.of(promise, all, parcels(prediction));
        Cohorts.Kept observed = observed(promise, prediction, delivery.kept(), delivery.deliveredOn());
        if (delivery.state() == Delivery.State.CANCELLED) {
            cohorts.cancel(observed);
            // Another scan may have been joined between, by whoever has that record's partition.
            List<Outcome> now = scans.scans(promise.promiseId(), promise.orderId());
            if (now.size() > all.size()) {
                join(promise, now);
            }
        } else if (observed.kept() != null) {
            cohorts.put(observed);
            LocalDate deliveredOn = delivery.deliveredOn();
            if (prediction != null && prediction.forecasts() != null && deliveredOn != null) {
                pairs.put(observed, prediction.forecasts(), deliveredOn, clock.instant().plus(PROMISED_KEPT));
            }
        }
    }

    private static Cohorts.Kept observed(Promise promise, @Nullable PredictionServed prediction, @Nullable Boolean kept,
            @Nullable LocalDate deliveredOn) {
        return new Cohorts.Kept(promise.model().version(), Promises.lane(prediction, promise.basis().wireName()),
                promise.targetConfidence(), LocalDate.ofEpochDay(day(promise)), kept, new Cohorts.Made(promise.promiseId(),
                        promise.predictionId(), promise.policyDigest(), promise.deliveryDate(), deliveredOn));
    }

    private static int parcels(@Nullable PredictionServed prediction) {
        return prediction == null || prediction.inputs() == null ? 1 : prediction.inputs().size();
    }

    /** The day of the order since 1970, UTC. */
    private static long day(Promise promise) {
        return LocalDate.ofInstant(promise.promisedAt(), ZoneOffset.UTC).toEpochDay();
    }

    /** What became of a promise, or null when there is none of that id. */
    @Nullable
    Delivery delivery(String promiseId) {
        Promise promise = promises.find(promiseId, null);
        return promise == null
                ? null
                : Delivery.of(promise, scans.scans(promise.promiseId(), promise.orderId()),
                        parcels(promises.readable(promise.predictionId())));
    }
}
