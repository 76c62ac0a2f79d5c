package dev.doorstep.modeltraining.evaluation;

import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.OrderFacts;
import dev.doorstep.forecasting.model.Support;
import dev.doorstep.modeltraining.orders.Prepared;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a model is measured against, fitted on the same orders: the carrier-and-calendar table (open days by service, carrier, distance and
 * product class), an empirical distribution for each lane and service, and the merchant's own promise plus a constant. Part of a bundle.
 *
 * @param daily whether the support has a bin for each day, so that open days are what the table counts; else it counts days
 * @param calendar the table
 * @param group distributions by lane and service, in days since the anchor's day
 * @param promise how many days after the merchant's promise orders came, or null where there is no promise
 * @param constants quantiles of the same on the continuous clock, at the levels of the metrics
 */
@SuppressWarnings("ArrayRecordComponent") // read once from a bundle
public record References(boolean daily, CellTable calendar, CellTable group, @Nullable CellTable promise, double @Nullable [] constants) {
    /** The file of a bundle that holds them. */
    public static final String FILE = "references.json";
    private static final int MOST_OPEN_DAYS = 80;
    private static final int MOST_RESIDUAL = 400;

    /**
     * Fits them.
     *
     * @param delivered orders with known outcomes
     */
    public static References fit(List<Prepared> delivered, Support support) {
        boolean daily = support.daily();
        List<CellTable.Entry> calendar = new ArrayList<>();
        List<CellTable.Entry> group = new ArrayList<>();
        List<CellTable.Entry> promise = new ArrayList<>();
        List<Double> residuals = new ArrayList<>();
        int last = support.first() + support.days() - 1;
        for (Prepared each : delivered) {
            calendar.add(new CellTable.Entry(each.order().facts().tableKey(), daily ? each.openDays() : each.offset()));
            group.add(new CellTable.Entry(groupKey(each.order().facts().lane()), each.offset()));
            double residual = residual(each);
            if (!Double.isNaN(residual)) {
                residuals.add(residual);
                promise.add(new CellTable.Entry("", (int) Math.floor(residual)));
            }
        }
        double[] sorted = residuals.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return new References(daily, CellTable.of(calendar, daily ? 0 : support.first(), daily ? MOST_OPEN_DAYS : last),
                CellTable.of(group, support.first(), last),
                promise.isEmpty() ? null : CellTable.of(promise, -MOST_RESIDUAL, MOST_RESIDUAL),
                promise.isEmpty()
                        ? null
                        : Arrays.stream(Score.LEVELS)
                                .map(level -> sorted[(int) Math.min(sorted.length - 1, Math.ceil(level * sorted.length) - 1)])
                                .toArray());
    }

    /** Reads them from a bundle. */
    public static References of(Bundle bundle) {
        return bundle.json(FILE, References.class);
    }

    /** The table's distribution of an order. */
    void calendar(Prepared order, CandidateDays days, Support support, double[] cumulative) {
        double[] cell = calendar.of(order.order().facts().tableKey());
        double reached = 0;
        for (int bin = 0; bin < support.bins(); bin++) {
            for (int day = support.starts()[bin]; day < support.endOf(bin); day++) {
                if (!daily) {
                    reached = CellTable.at(cell, day - calendar.first());
                } else if (days.isOpen(bin)) {
                    reached = CellTable.at(cell, days.openDay(bin));
                }
                cumulative[day - support.first()] = reached;
            }
        }
        cumulative[cumulative.length - 1] = 1;
    }

    /** The group's distribution of an order. */
    void group(Prepared order, Support support, double[] cumulative) {
        double[] cell = group.of(groupKey(order.order().facts().lane()));
        for (int i = 0; i < cumulative.length; i++) {
            cumulative[i] = CellTable.at(cell, support.first() + i - group.first());
        }
        cumulative[cumulative.length - 1] = 1;
    }

    /** The distribution that the merchant's promise and a constant make, within the support; its quantiles, which it takes, are exact. */
    void promisePlusConstant(int promisedOffset, double promised, Support support, double[] cumulative, double[] quantiles) {
        double[] cell = Objects.requireNonNull(promise).of("");
        for (int i = 0; i < cumulative.length; i++) {
            cumulative[i] = CellTable.at(cell, support.first() + i - promisedOffset + MOST_RESIDUAL);
        }
        cumulative[cumulative.length - 1] = 1;
        for (int i = 0; i < quantiles.length; i++) {
            quantiles[i] = promised + Objects.requireNonNull(constants)[i];
        }
    }

    private static double residual(Prepared each) {
        return each.order().promisedAt() == null || each.order().deliveredAt() == null
                ? Double.NaN
                : java.time.Duration.between(each.order().promisedAt(), each.order().deliveredAt()).toMillis() / 86_400_000.0;
    }

    private static String groupKey(OrderFacts.Lane lane) {
        return String.join(CellTable.SEPARATOR, String.valueOf(lane.service()), lane.regionKey(), lane.laneKey());
    }
}
