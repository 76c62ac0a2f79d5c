package dev.doorstep.predictionservice.outcome;

import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.featurestore.ModelStore;
import dev.doorstep.predictionservice.serving.LiveStates;
import dev.doorstep.watching.verdict.Rules;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Gatherers;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What became of promises, by the day of their orders. A day that is mature is counted once, and again only where something of it became
 * known later, so that what is asked for often does not cost as much as there are promises. Thread-safe.
 */
@Component
class Cohorts {
    private static final int MOST_BYTES = 350_000;
    private static final int READS = 32;

    private final ModelStore store;
    private final LiveStates states;
    private final Promises promises;
    private final Rules rules;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();
    private volatile Map<LocalDate, Counted> lastCounted = Map.of();

    Cohorts(ModelStore store, LiveStates states, Promises promises, Rules rules, Clock clock) {
        this.promises = promises;
        this.rules = rules;
        this.store = store;
        this.states = states;
        this.clock = clock;
    }

    /**
     * A promise and whether it was kept.
     *
     * @param lane lane group or region; what the answer rested on where no model answered or its journal record has not arrived
     * @param day of its order
     * @param kept null while its parcel has not come
     * @param made the promise itself; null in records of releases that did not tell
     */
    record Kept(String version, String lane, double confidence, LocalDate day, @Nullable Boolean kept, @Nullable Made made) {}

    /**
     * What is needed to see where a delivery fell in the forecasts of models.
     *
     * @param promisedFor the promised day
     * @param deliveredOn where it went; null for what is lost or has not come
     */
    record Made(String promiseId, String predictionId, String policyDigest, LocalDate promisedFor, @Nullable LocalDate deliveredOn) {}

    /**
     * Promises of a day, once all of them had time to be kept.
     *
     * @param last day by which parcels had to come
     * @param promises by their ids, which tell nothing of what became of them
     * @param known whether enough is known of the day to call those overdue whose parcels have not come; else scans may be missing
     */
    record Cohort(LocalDate last, List<Kept> promises, boolean known) {
        Cohort {
            promises = List.copyOf(promises);
        }
    }

    /**
     * Promises of one day, model, lane group and confidence.
     *
     * @param count those of which it is known whether they were kept
     * @param overdue how many of them were not since their parcels have not come
     * @param unknown how many others are left out, since of their days too little is known
     */
    record Count(String version, String lane, double confidence, int count, int kept, int overdue, int unknown) {
        private Count plus(Count other) {
            return new Count(version, lane, confidence, count + other.count, kept + other.kept, overdue + other.overdue,
                    unknown + other.unknown);
        }
    }

    /**
     * A whole day.
     *
     * @param recount what {@link Recount#token} was when it was counted, or null where nothing had become known later
     * @param next after this day another promise of it is overdue; null where none is left
     */
    record Counted(LocalDate day, @Nullable String recount, @Nullable LocalDate next, List<Count> counts) {
        Counted {
            counts = List.copyOf(counts);
        }
    }

    /** Written each time that something becomes known of a mature day. */
    record Recount(LocalDate day, String token) {}

    /** Enters a promise of which nothing is known yet. */
    void open(Kept promise) {
        store.create(ModelStore.Kind.COHORT, id(promise), codec.write(promise), expires());
    }

    /** Keeps what became of a promise, over what was known of it before. */
    void put(Kept kept) {
        store.put(ModelStore.Kind.COHORT, id(kept), codec.write(kept), expires());
        recount(kept.day());
    }

    /** Takes out a promise that nobody waits for any more. */
    void cancel(Kept promise) {
        store.remove(ModelStore.Kind.COHORT, id(promise));
        recount(promise.day());
    }

    private static String id(Kept kept) {
        return kept.day() + "/" + Objects.requireNonNull(kept.made()).promiseId();
    }

    private Instant expires() {
        return clock.instant().plus(Outcomes.PROMISED_KEPT);
    }

    private void recount(LocalDate day) {
        if (!day.isAfter(states.mature())) {
            // After it: whoever counts looks at this first and at the promises then.
            Recount recount = new Recount(day, UUID.randomUUID().toString());
            store.put(ModelStore.Kind.RECOUNT, day.toString(), codec.write(recount), expires());
        }
    }

    /** All promises of a mature day. */
    Cohort of(LocalDate day) {
        List<Kept> all = store.list(ModelStore.Kind.COHORT, day + "/").stream().map(body -> codec.read(body, Kept.class)).toList();
        long open = all.stream().filter(each -> each.kept() == null).count();
        // One of several in a small store's day says nothing of its scans.
        boolean known = open < all.size() && open <= Math.max(1, (1 - rules.leastKnown()) * all.size());
        return new Cohort(rules.horizon(day), all, known);
    }

    /** All mature days, each counted now where it was not yet. */
    List<Counted> counted() {
        LocalDate mature = states.mature();
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
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
            if (!isCurrent(counted, recount, today)) {
                byte[] body = store.find(ModelStore.Kind.COUNTED, day.toString());
                counted = body == null ? null : codec.read(body, Counted.class);
            }
            days.put(day, isCurrent(counted, recount, today) ? Objects.requireNonNull(counted) : count(day, recount, today));
        }
        lastCounted = days;
        return List.copyOf(days.values());
    }

    private static boolean isCurrent(@Nullable Counted counted, @Nullable String recount, LocalDate today) {
        return counted != null && Objects.equals(counted.recount(), recount)
                && (counted.next() == null || !counted.next().isBefore(today));
    }

    private Counted count(LocalDate day, @Nullable String recount, LocalDate today) {
        Counted counted = counted(day, recount, today);
        byte[] body = codec.write(counted);
        // What no item holds is counted by each replica.
        if (body.length <= MOST_BYTES) {
            store.put(ModelStore.Kind.COUNTED, day.toString(), body, expires());
        }
        return counted;
    }

    private Counted counted(LocalDate day, @Nullable String recount, LocalDate today) {
        Map<String, Count> counts = new TreeMap<>();
        Cohort cohort = of(day);
        List<Kept> overdue = new ArrayList<>();
        LocalDate next = null;
        for (Kept each : cohort.promises()) {
            if (each.kept() != null) {
                add(counts, each, 1, each.kept() ? 1 : 0, 0, 0);
            } else if (!cohort.known()) {
                add(counts, each, 0, 0, 0, 1);
            } else {
                LocalDate promisedFor = Objects.requireNonNull(each.made()).promisedFor();
                if (promisedFor.isBefore(today)) {
                    overdue.add(each);
                } else if (next == null || promisedFor.isBefore(next)) {
                    // It may still be kept.
                    next = promisedFor;
                }
            }
        }
        overdue.stream().gather(Gatherers.mapConcurrent(READS, this::withLane)).flatMap(Optional::stream)
                .forEach(each -> add(counts, each, 1, 0, 1, 0));
        return new Counted(day, recount, next, List.copyOf(counts.values()));
    }

    /** The same with the lane of its journal record; nothing for a promise that was erased with its customer, of which nobody can tell. */
    private Optional<Kept> withLane(Kept open) {
        Made made = Objects.requireNonNull(open.made());
        if (promises.find(made.promiseId(), null) == null) {
            return Optional.empty();
        }
        String lane = Promises.lane(promises.readable(made.predictionId()), open.lane());
        return Optional.of(new Kept(open.version(), lane, open.confidence(), open.day(), null, made));
    }

    private static void add(Map<String, Count> counts, Kept each, int count, int kept, int overdue, int unknown) {
        counts.merge(each.version() + "/" + each.lane() + "/" + each.confidence(),
                new Count(each.version(), each.lane(), each.confidence(), count, kept, overdue, unknown), Count::plus);
    }
}
