package dev.doorstep.modeltraining.training;

import dev.doorstep.modeltraining.orders.Order;
import dev.doorstep.modeltraining.orders.Prepared;
import dev.doorstep.forecasting.model.History;
import dev.doorstep.forecasting.model.History.Kind;
import dev.doorstep.forecasting.model.History.Stat;
import dev.doorstep.forecasting.model.OrderFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Builds histories as of one instant after another: exponentially decayed sums, so that every delivery is looked at once. Not thread-safe.
 */
final class HistoryBuilder {
    private static final double SLOW_DAYS = 120;
    private static final double FAST_DAYS = 25;
    private static final double USUAL_DAYS = 20;
    private static final int BUCKETS = 48;
    private static final int FIRST_BUCKET = -12;
    private static final double LEAST_COUNT = 0.5;
    private static final double MILLIS_PER_DAY = 86_400_000.0;
    private static final Duration LONGEST_WAIT = Duration.ofDays(60);

    private final List<Prepared> deliveries;
    private final List<Step> steps;
    private final Map<String, Entity> known = new HashMap<>();
    private final Map<String, Usual> usual = new HashMap<>();
    private final Map<String, Queue> queues = new HashMap<>();
    private int nextDelivery;
    private int nextStep;

    /** A mean whose values weigh less and less. */
    private static final class Mean {
        double sum;
        double count;

        void decay(double factor) {
            sum *= factor;
            count *= factor;
        }

        /** Adds a value that stands for {@code weight} others. */
        void add(double value, double weight) {
            sum += value;
            count += weight;
        }

        float value() {
            return count < LEAST_COUNT ? Float.NaN : (float) (sum / count);
        }
    }

    /** What is known of one entity, as of {@code at}. */
    private static final class Entity {
        final Kind kind;
        final Mean days = new Mean();
        final Mean recentDays = new Mean();
        final Mean late = new Mean();
        final Mean handling = new Mean();
        final Mean transit = new Mean();
        final Mean recentTransit = new Mean();
        final Mean views = new Mean();
        final float[] buckets = new float[BUCKETS];
        double at;

        Entity(Kind kind) {
            this.kind = kind;
        }

        void decay(double now) {
            double passed = now - at;
            at = now;
            if (passed <= 0) {
                return;
            }
            double slow = StrictMath.pow(0.5, passed / SLOW_DAYS);
            double fast = StrictMath.pow(0.5, passed / FAST_DAYS);
            for (Mean mean : List.of(days, late, handling, transit, views)) {
                mean.decay(slow);
            }
            recentDays.decay(fast);
            recentTransit.decay(fast);
            for (int i = 0; i < BUCKETS; i++) {
                buckets[i] *= (float) slow;
            }
        }
    }

    /** What is usual of a cell, as of {@code at}. */
    private static final class Usual {
        final Mean mean = new Mean();
        double at;

        /** The mean of what came before, or the value itself where nothing did. */
        double meanThenAdd(double value, double now) {
            mean.decay(StrictMath.pow(0.5, Math.max(0, now - at) / USUAL_DAYS));
            at = now;
            double before = mean.count < LEAST_COUNT ? value : mean.sum / mean.count;
            mean.add(value, 1);
            return before;
        }
    }

    /** Parcels of one origin that wait or are on their way. */
    private static final class Queue {
        int waiting;
        double waitingSince;
        int inFlight;
    }

    /** A parcel changes the queue of its origin, told by the origin's key. */
    private record Step(Instant at, String origin, int waiting, double since, int inFlight) {}

    /**
     * Starts before the first delivery.
     *
     * @param orders all orders, delivered or not
     */
    HistoryBuilder(List<Prepared> orders) {
        this.deliveries = orders.stream().filter(each -> each.order().deliveredAt() != null)
                .sorted(Comparator.comparing((Prepared each) -> Objects.requireNonNull(each.order().deliveredAt()))
                        .thenComparingInt(each -> each.order().row()))
                .toList();
        List<Step> found = new ArrayList<>();
        // A file that tells of no hand-over says nothing of what waits.
        boolean told = orders.stream().anyMatch(each -> each.order().handedOverAt() != null);
        for (Prepared each : orders) {
            String origin = Kind.ORIGIN.key(each.order().facts());
            Instant handedOver = each.order().handedOverAt();
            Instant placed = each.order().facts().predictedAt();
            if (!told || origin == null || placed == null || (handedOver != null && handedOver.isBefore(placed))) {
                continue;
            }
            double since = placed.toEpochMilli() / MILLIS_PER_DAY;
            Instant delivered = each.order().deliveredAt();
            found.add(new Step(placed, origin, 1, since, 0));
            if (handedOver == null) {
                found.add(new Step(waitedUntil(each.order(), placed), origin, -1, -since, 0));
                continue;
            }
            found.add(new Step(handedOver, origin, -1, -since, 1));
            if (delivered != null) {
                found.add(new Step(delivered, origin, 0, 0, -1));
            }
        }
        found.sort(Comparator.comparing(Step::at));
        this.steps = found;
    }

    /** Whether an order is ever handed over is not known while it waits; one that never was is not waited for for ever. */
    private static Instant waitedUntil(Order order, Instant placed) {
        Instant given = placed.plus(LONGEST_WAIT);
        Instant known = order.deliveredAt() == null ? order.knownUntil() : order.deliveredAt();
        // At the instant itself it still waits, such as at that of the file's export.
        return known.isBefore(placed) ? placed : known.isBefore(given) ? known.plusMillis(1) : given;
    }

    /**
     * The history as of an instant.
     *
     * @param at not before that of an earlier call
     */
    History at(Instant at) {
        while (nextDelivery < deliveries.size()
                && !Objects.requireNonNull(deliveries.get(nextDelivery).order().deliveredAt()).isAfter(at)) {
            add(deliveries.get(nextDelivery++));
        }
        while (nextStep < steps.size() && !steps.get(nextStep).at().isAfter(at)) {
            Step step = steps.get(nextStep++);
            Queue queue = queues.computeIfAbsent(step.origin(), _ -> new Queue());
            queue.waiting += step.waiting();
            queue.waitingSince += step.since();
            queue.inFlight += step.inFlight();
        }
        Map<String, float[]> entities = new HashMap<>();
        double now = at.toEpochMilli() / MILLIS_PER_DAY;
        known.forEach((key, each) -> {
            each.decay(now);
            if (each.days.count >= LEAST_COUNT) {
                entities.put(key, stats(key, each, now));
            }
        });
        return new History(at, entities);
    }

    private void add(Prepared delivery) {
        double now = Objects.requireNonNull(delivery.order().deliveredAt()).toEpochMilli() / MILLIS_PER_DAY;
        OrderFacts facts = delivery.order().facts();
        double usualDays = usual("t", facts.tableKey(), delivery.openDays(), now);
        double usualHandling = usual("h", facts.lane().originId() + "|" + facts.goods().productClass(), delivery.handling(), now);
        double usualTransit = usual("w", facts.wayKey(), delivery.transit(), now);
        for (Kind kind : Kind.values()) {
            String key = kind.key(facts);
            if (key == null) {
                continue;
            }
            Entity each = known.computeIfAbsent(key, _ -> new Entity(kind));
            each.decay(now);
            double days = delivery.openDays() - (kind.isUsual() ? 0 : usualDays);
            each.days.add(days, 1);
            each.recentDays.add(days, 1);
            each.buckets[Math.clamp((int) Math.floor(days) - FIRST_BUCKET, 0, BUCKETS - 1)]++;
            Double views = facts.demand().get(OrderFacts.SKU_VIEWS);
            if (views != null) {
                each.views.add(views, 1);
            }
            if (delivery.late() != null) {
                each.late.add(delivery.late() ? 1 : 0, 1);
            }
            if (!Double.isNaN(delivery.handling())) {
                each.handling.add(delivery.handling(), kind.isUsual() ? 1 : usualHandling);
            }
            if (!Double.isNaN(delivery.transit())) {
                each.transit.add(delivery.transit(), kind.isUsual() ? 1 : usualTransit);
                each.recentTransit.add(delivery.transit(), 1);
            }
        }
    }

    private double usual(String what, String cell, double value, double now) {
        return Double.isNaN(value) ? 0 : usual.computeIfAbsent(what + cell, _ -> new Usual()).meanThenAdd(value, now);
    }

    private float[] stats(String key, Entity each, double now) {
        float[] stats = new float[Stat.values().length];
        java.util.Arrays.fill(stats, Float.NaN);
        stats[Stat.COUNT.column()] = (float) each.days.count;
        stats[Stat.DAYS.column()] = each.days.value();
        stats[Stat.RECENT_DAYS.column()] = each.recentDays.value();
        stats[Stat.QUANTILE_90.column()] = quantile90(each);
        stats[Stat.LATE_SHARE.column()] = each.late.value();
        stats[Stat.HANDLING_DAYS.column()] = each.handling.value();
        stats[Stat.TRANSIT_DAYS.column()] = (each.kind == Kind.TABLE ? each.recentTransit : each.transit).value();
        stats[Stat.VIEWS.column()] = each.views.value();
        Queue queue = queues.get(key);
        if (queue != null) {
            stats[Stat.BACKLOG.column()] = queue.waiting;
            stats[Stat.BACKLOG_AGE.column()] = queue.waiting == 0 ? 0 : (float) (now - queue.waitingSince / queue.waiting);
            stats[Stat.IN_FLIGHT.column()] = queue.inFlight;
        }
        return stats;
    }

    private static float quantile90(Entity each) {
        double most = 0.9 * each.days.count;
        double sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            double next = sum + each.buckets[i];
            if (next >= most && each.buckets[i] > 0) {
                return (float) (FIRST_BUCKET + i + (most - sum) / each.buckets[i]);
            }
            sum = next;
        }
        return FIRST_BUCKET + BUCKETS;
    }

    /** Days between two instants. */
    static double days(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / MILLIS_PER_DAY;
    }
}
