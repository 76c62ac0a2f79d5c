package dev.doorstep.modeltraining.training;

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
    /** The demand signal that a surge is seen by. */
    private static final String VIEWS = "sku_views_1h";
    private static final double SLOW_DAYS = 120;
    private static final double FAST_DAYS = 25;
    private static final double USUAL_DAYS = 20;
    private static final int BUCKETS = 48;
    private static final int FIRST_BUCKET = -12;
    private static final double LEAST_COUNT = 0.5;
    private static final double MILLIS_PER_DAY = 86_400_000.0;

    private final List<Prepared> deliveries;
    private final List<Step> steps;
    private final Map<String, Sums> sums = new HashMap<>();
    private final Map<String, Usual> usual = new HashMap<>();
    private final Map<String, Queue> queues = new HashMap<>();
    private int nextDelivery;
    private int nextStep;

    /** Sums of one entity, as of {@code at}. */
    private static final class Sums {
        double at;
        double count;
        double days;
        double fastCount;
        double fastDays;
        double lateCount;
        double late;
        double handlingCount;
        double handling;
        double transitCount;
        double transit;
        double recentTransitCount;
        double recentTransit;
        double viewCount;
        double views;
        final float[] buckets = new float[BUCKETS];
    }

    /** What is usual of a cell, as of {@code at}. */
    private static final class Usual {
        double at;
        double count;
        double sum;

        /** The mean of what came before, or the value itself where nothing did. */
        double meanThenAdd(double value, double now) {
            double factor = StrictMath.pow(0.5, Math.max(0, now - at) / USUAL_DAYS);
            at = now;
            count *= factor;
            sum *= factor;
            double mean = count < LEAST_COUNT ? value : sum / count;
            count++;
            sum += value;
            return mean;
        }
    }

    /** Parcels of one origin that wait or are on their way. */
    private static final class Queue {
        int waiting;
        double waitingSince;
        int inFlight;
    }

    /** A parcel changes its queue. */
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
        for (Prepared each : orders) {
            String origin = each.order().facts().lane().originId();
            Instant handedOver = each.order().handedOverAt();
            Instant placed = each.order().facts().predictedAt();
            if (origin == null || placed == null || handedOver == null || handedOver.isBefore(placed)) {
                continue;
            }
            double since = placed.toEpochMilli() / MILLIS_PER_DAY;
            found.add(new Step(placed, origin, 1, since, 0));
            found.add(new Step(handedOver, origin, -1, -since, 1));
            Instant delivered = each.order().deliveredAt();
            if (delivered != null) {
                found.add(new Step(delivered, origin, 0, 0, -1));
            }
        }
        found.sort(Comparator.comparing(Step::at));
        this.steps = found;
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
        sums.forEach((key, each) -> {
            decay(each, now);
            if (each.count >= LEAST_COUNT) {
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
            Sums each = sums.computeIfAbsent(key, _ -> new Sums());
            decay(each, now);
            double days = delivery.openDays() - (kind.isUsual() ? 0 : usualDays);
            each.count++;
            each.days += days;
            each.fastCount++;
            each.fastDays += days;
            each.buckets[Math.clamp((int) Math.floor(days) - FIRST_BUCKET, 0, BUCKETS - 1)]++;
            Double views = facts.demand().get(VIEWS);
            if (views != null) {
                each.viewCount++;
                each.views += views;
            }
            if (delivery.late() != null) {
                each.lateCount++;
                each.late += delivery.late() ? 1 : 0;
            }
            if (!Double.isNaN(delivery.handling())) {
                each.handlingCount += kind.isUsual() ? 1 : usualHandling;
                each.handling += delivery.handling();
            }
            if (!Double.isNaN(delivery.transit())) {
                each.transitCount += kind.isUsual() ? 1 : usualTransit;
                each.transit += delivery.transit();
                each.recentTransitCount++;
                each.recentTransit += delivery.transit();
            }
        }
    }

    private double usual(String what, String cell, double value, double now) {
        return Double.isNaN(value) ? 0 : usual.computeIfAbsent(what + cell, _ -> new Usual()).meanThenAdd(value, now);
    }

    private static void decay(Sums each, double now) {
        double days = now - each.at;
        each.at = now;
        if (days <= 0) {
            return;
        }
        double slow = StrictMath.pow(0.5, days / SLOW_DAYS);
        double fast = StrictMath.pow(0.5, days / FAST_DAYS);
        each.count *= slow;
        each.days *= slow;
        each.lateCount *= slow;
        each.late *= slow;
        each.viewCount *= slow;
        each.views *= slow;
        each.handlingCount *= slow;
        each.handling *= slow;
        each.fastCount *= fast;
        each.fastDays *= fast;
        each.transitCount *= slow;
        each.transit *= slow;
        each.recentTransitCount *= fast;
        each.recentTransit *= fast;
        for (int i = 0; i < BUCKETS; i++) {
            each.buckets[i] *= (float) slow;
        }
    }

    private float[] stats(String key, Sums each, double now) {
        float[] stats = new float[Stat.values().length];
        java.util.Arrays.fill(stats, Float.NaN);
        stats[Stat.COUNT.column()] = (float) each.count;
        stats[Stat.DAYS.column()] = (float) (each.days / each.count);
        stats[Stat.RECENT_DAYS.column()] = ratio(each.fastDays, each.fastCount);
        stats[Stat.QUANTILE_90.column()] = quantile90(each);
        stats[Stat.LATE_SHARE.column()] = ratio(each.late, each.lateCount);
        stats[Stat.HANDLING_DAYS.column()] = ratio(each.handling, each.handlingCount);
        stats[Stat.TRANSIT_DAYS.column()] = key.startsWith("t:")
                ? ratio(each.recentTransit, each.recentTransitCount)
                : ratio(each.transit, each.transitCount);
        stats[Stat.VIEWS.column()] = ratio(each.views, each.viewCount);
        Queue queue = key.startsWith("o:") ? queues.get(key.substring(2)) : null;
        if (queue != null) {
            stats[Stat.BACKLOG.column()] = queue.waiting;
            stats[Stat.BACKLOG_AGE.column()] = queue.waiting == 0 ? 0 : (float) (now - queue.waitingSince / queue.waiting);
            stats[Stat.IN_FLIGHT.column()] = queue.inFlight;
        }
        return stats;
    }

    private static float ratio(double sum, double count) {
        return count < LEAST_COUNT ? Float.NaN : (float) (sum / count);
    }

    private static float quantile90(Sums each) {
        double sum = 0;
        for (int i = 0; i < BUCKETS; i++) {
            double next = sum + each.buckets[i];
            if (next >= 0.9 * each.count && each.buckets[i] > 0) {
                return (float) (FIRST_BUCKET + i + (0.9 * each.count - sum) / each.buckets[i]);
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
