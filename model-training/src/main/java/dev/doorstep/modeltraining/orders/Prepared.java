package dev.doorstep.modeltraining.orders;

import dev.doorstep.commonmodel.calendar.OpenDays;
import dev.doorstep.forecasting.model.FeatureEncoder;
import dev.doorstep.forecasting.model.History;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order with its calendar.
 *
 * @param delivers days on which it can be delivered
 * @param offset days from the anchor's day to the day of delivery; not used where it has not arrived
 * @param openDays days open for delivery from the preparation day to the day of delivery, that one included
 * @param handling days open for preparing from the preparation day to the hand-over, NaN where that is not known
 * @param transit days open for delivery from the hand-over to the delivery, NaN where that is not known
 * @param late whether it came after the merchant's promise, null where there is none
 */
public record Prepared(Order order, FeatureEncoder.Clock clock, OpenDays delivers, int offset, int openDays, double handling,
        double transit, @Nullable Boolean late) {
    private static final double MILLIS_PER_DAY = 86_400_000.0;
    private static final int MOST_OPEN_DAYS = 4_000;

    /** Adds its calendar to an order. */
    public static Prepared of(Order order, FeatureEncoder encoder) {
        FeatureEncoder.Clock clock = encoder.clock(order.facts());
        OpenDays delivers = encoder.clocks().delivers(order.facts().lane());
        Instant delivered = order.deliveredAt();
        Instant handedOver = order.handedOverAt();
        Instant promised = order.promisedAt();
        long handOverDay = handedOver == null ? 0 : encoder.dayOf(handedOver);
        double handling = handedOver == null
                ? Double.NaN
                : openDays(clock.preparationDay(), handOverDay, encoder.clocks().prepares(order.facts().lane()));
        if (delivered == null) {
            return new Prepared(order, clock, delivers, 0, 0, handling, Double.NaN, null);
        }
        long day = encoder.dayOf(delivered);
        return new Prepared(order, clock, delivers, (int) (day - clock.anchorDay()), openDays(clock.preparationDay(), day, delivers),
                handling, handedOver == null ? Double.NaN : openDays(handOverDay, day, delivers),
                promised == null ? null : day > encoder.dayOf(promised));
    }

    /** Features of some orders with one history, as serving has it. */
    public static double[][] rows(List<Prepared> orders, FeatureEncoder encoder, History history) {
        return orders.parallelStream().map(each -> encoder.row(each.order().facts(), each.clock(), history)).toArray(double[][]::new);
    }

    /** Days open after one day up to another, negative where the other comes first. */
    private static int openDays(long from, long to, OpenDays delivers) {
        int count = 0;
        for (long day = from + 1; day <= to && count < MOST_OPEN_DAYS; day++) {
            count += delivers.isOpen(day) ? 1 : 0;
        }
        for (long day = from; day > to && count > -MOST_OPEN_DAYS; day--) {
            count -= delivers.isOpen(day) ? 1 : 0;
        }
        return count;
    }

    /** Days from the anchor to the delivery on the continuous clock. */
    public double continuousDays() {
        return days(order.facts().anchor(), order.deliveredAt());
    }

    private static double days(Instant from, @Nullable Instant to) {
        return to == null ? Double.NaN : Duration.between(from, to).toMillis() / MILLIS_PER_DAY;
    }
}
