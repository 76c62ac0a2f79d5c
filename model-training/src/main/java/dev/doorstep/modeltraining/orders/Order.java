package dev.doorstep.modeltraining.orders;

import dev.doorstep.forecasting.model.OrderFacts;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One usable row of an orders file.
 *
 * @param row number of the row in the file, the first after the header is 1
 * @param facts what a forecast may know
 * @param instant when it became known: the prediction's instant, else the anchor; what splits go by
 * @param handedOverAt when the carrier got it, or null
 * @param deliveredAt when it arrived, or null where it has not
 * @param promisedAt when the merchant said that it would, or null
 * @param knownUntil until when it was watched, where it has not arrived; {@link #END_OF_FILE} for as long as the file goes
 * @param lost whether it never will
 */
public record Order(int row, String orderId, OrderFacts facts, Instant instant, @Nullable Instant handedOverAt,
        @Nullable Instant deliveredAt, @Nullable Instant promisedAt, Instant knownUntil, boolean lost) {
    /** Later than any instant: what watched to the end of the file means. */
    public static final Instant END_OF_FILE = Instant.MAX;

    /** Whether it had arrived at an instant. */
    public boolean deliveredBy(Instant at) {
        return deliveredAt != null && !deliveredAt.isAfter(at);
    }
}
