package dev.doorstep.modeltraining.training;

import dev.doorstep.modeltraining.orders.Prepared;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.History;
import dev.doorstep.forecasting.model.OrderFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Feature rows of orders as serving would have made them: with a history that is as old as serving's may be, and now and then without what
 * serving may lack. Immutable.
 */
final class FeatureRows {
    private static final Duration SNAPSHOT_STEP = Duration.ofDays(4);
    /** Shares of orders whose place, goods, demand signals or columns of the file's own are hidden, so that the forecast learns what it is worth without them. */
    private static final double HIDDEN = 0.03;

    private FeatureRows() {}

    /**
     * Rows with histories of all ages up to the oldest that serving may see.
     *
     * @param orders by instant
     * @param oldestDays of a history
     */
    static double[][] forTraining(List<Prepared> orders, FeatureEncoder encoder, double oldestDays, long seed) {
        Instant first = orders.getFirst().order().instant();
        long steps = Duration.between(first, orders.getLast().order().instant()).dividedBy(SNAPSHOT_STEP) + 1;
        List<List<Integer>> bySnapshot = new ArrayList<>();
        for (long i = 0; i <= steps; i++) {
            bySnapshot.add(new ArrayList<>());
        }
        List<Integer> withoutHistory = new ArrayList<>();
        for (int i = 0; i < orders.size(); i++) {
            Instant known = orders.get(i).order().facts().predictedAt();
            double age = oldestDays * share(orders.get(i).order().orderId(), seed);
            long snapshot = known == null
                    ? -1
                    : Math.floorDiv(Duration.between(first, known).toMinutes() - (long) (age * 1440),
                            SNAPSHOT_STEP.toMinutes());
            (snapshot < 0 ? withoutHistory : bySnapshot.get((int) Math.min(steps, snapshot))).add(i);
        }
        double[][] rows = new double[orders.size()][];
        HistoryBuilder histories = new HistoryBuilder(orders);
        encode(withoutHistory, orders, encoder, null, seed, rows);
        for (int i = 0; i < bySnapshot.size(); i++) {
            History history = histories.at(first.plus(SNAPSHOT_STEP.multipliedBy(i)));
            encode(bySnapshot.get(i), orders, encoder, history, seed, rows);
        }
        return rows;
    }

    private static void encode(List<Integer> which, List<Prepared> orders, FeatureEncoder encoder, @Nullable History history, long seed,
            double[][] rows) {
        which.parallelStream().forEach(i -> {
            Prepared each = orders.get(i);
            rows[i] = encoder.row(hidden(each, seed), each.clock(), history);
        });
    }

    private static OrderFacts hidden(Prepared each, long seed) {
        OrderFacts facts = each.order().facts();
        double which = share(each.order().orderId(), seed + 1);
        if (which < HIDDEN) {
            return facts.withoutPlace();
        }
        if (which < 2 * HIDDEN) {
            return facts.withoutGoods();
        }
        if (which < 3 * HIDDEN) {
            return facts.withoutDemand();
        }
        return which < 4 * HIDDEN ? facts.withoutColumns() : facts;
    }

    /** A number from 0 to 1 that belongs to an order, so that it does not depend on the others. */
    private static double share(String orderId, long seed) {
        long mixed = orderId.hashCode() * 0x9E3779B97F4A7C15L + seed * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return ((mixed ^ (mixed >>> 31)) >>> 11) * 0x1.0p-53;
    }
}
