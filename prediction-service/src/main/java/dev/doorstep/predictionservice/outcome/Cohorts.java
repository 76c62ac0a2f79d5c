package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.predictionservice.serving.LiveStates;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What became of promises, by the day of their orders. A day that is mature is counted once, and again only where something of it became
 * known later, so that what is asked for often does not cost as much as there are promises. Thread-safe.
 */
@Component
class Cohorts {
    private static final int MOST_BYTES = 350_000;

    private final ModelStore store;
    private final LiveStates states;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();
    private volatile Map<LocalDate, Counted> lastCounted = Map.of();

    Cohorts(ModelStore store, LiveStates states, Clock clock) {
        this.store = store;
        this.states = states;
        this.clock = clock;
    }

    /**
     * A promise of which it is known whether it was kept.
     *
     * @param day of its order
     * @param made the promise itself; null in records of releases that did not tell
     */
    record Kept(String version, String lane, double confidence, LocalDate day, boolean kept, @Nullable Made made) {}

    /**
     * What is needed to see where a delivery fell in the forecasts of models.
     *
     * @param deliveredOn where it went; null for what is lost
     */
    record Made(String promiseId, String predictionId, String policyDigest, @Nullable LocalDate deliveredOn) {}

    /** Promises of one day, model, lane group and confidence. */
    record Count(String version, String lane, double confidence, int count, int kept) {
        private Count plus(Count other) {
            return new Count(version, lane, confidence, count + other.count, kept + other.kept);
        }
    }

    /**
     * A whole day.
     *
     * @param recount what {@link Recount#token} was when it was counted, or null where nothing had become known later
     */
    record Counted(LocalDate day, @Nullable String recount, List<Count> counts) {
        Counted {
            counts = List.copyOf(counts);
        }
    }

    /** Written each time that something becomes known of a mature day. */
    record Recount(LocalDate day, String token) {}

    /** Keeps what became of a promise, over what was known of it before. */
    void put(String promiseId, Kept kept, Instant expires) {
        store.put(ModelStore.Kind.COHORT, kept.day() + "/" + promiseId, codec.write(kept), expires);
        if (!kept.day().isAfter(states.mature())) {
            // After it: whoever counts looks at this first and at the promises then.
            Recount recount = new Recount(kept.day(), UUID.randomUUID().toString());
            store.put(ModelStore.Kind.RECOUNT, kept.day().toString(), codec.write(recount), expires);
        }
    }

    /** All promises of a day of which it is known, by their ids, which tell nothing of what became of them. */
    List<Kept> of(LocalDate day) {
        return store.list(ModelStore.Kind.COHORT, day + "/").stream().map(body -> codec.read(body, Kept.class)).toList();
    }

    /** All mature days, each counted now where it was not yet. */
    List<Counted> counted() {
        LocalDate mature = states.mature();
        Map<LocalDate, String> recounts = new HashMap<>();
        store.list(ModelStore.Kind.RECOUNT, "").stream().map(body -> codec.read(body, Recount.class))
                .forEach(each -> recounts.put(each.day(), each.token()));
        Map<LocalDate, Counted> known = new HashMap<>(lastCounted);
        if (known.isEmpty()) {
            store.list(ModelStore.Kind.COUNTED, "").stream().map(body -> codec.read(body, Counted.class))
                    .forEach(each -> known.put(each.day(), each));
        }
        Map<LocalDate, Counted> days = new TreeMap<>();
        for (LocalDate day = mature.minusDays(Outcomes.PROMISED_KEPT.toDays()); !day.isAfter(mature); day = day.plusDays(1)) {
            String recount = recounts.get(day);
            Counted counted = known.get(day);
            if (!isCurrent(counted, recount)) {
                byte[] body = store.find(ModelStore.Kind.COUNTED, day.toString());
                counted = body == null ? null : codec.read(body, Counted.class);
            }
            days.put(day, isCurrent(counted, recount) ? Objects.requireNonNull(counted) : count(day, recount));
        }
        lastCounted = days;
        return List.copyOf(days.values());
    }

    private static boolean isCurrent(@Nullable Counted counted, @Nullable String recount) {
        return counted != null && Objects.equals(counted.recount(), recount);
    }

    private Counted count(LocalDate day, @Nullable String recount) {
        Counted counted = new Counted(day, recount, counts(day));
        byte[] body = codec.write(counted);
        // What no item holds is counted by each replica.
        if (body.length <= MOST_BYTES) {
            store.put(ModelStore.Kind.COUNTED, day.toString(), body, clock.instant().plus(Outcomes.PROMISED_KEPT));
        }
        return counted;
    }

    private List<Count> counts(LocalDate day) {
        Map<String, Count> counts = new TreeMap<>();
        for (Kept each : of(day)) {
            counts.merge(each.version() + "/" + each.lane() + "/" + each.confidence(),
                    new Count(each.version(), each.lane(), each.confidence(), 1, each.kept() ? 1 : 0), Count::plus);
        }
        return List.copyOf(counts.values());
    }
}
