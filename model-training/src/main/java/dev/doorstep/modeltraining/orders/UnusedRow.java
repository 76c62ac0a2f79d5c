package dev.doorstep.modeltraining.orders;

/**
 * A row that can't be used.
 *
 * @param row number of the row in the file, the first after the header is 1
 * @param reason stable text
 * @param field key of the mapping
 * @param value the value at fault, as far as it may be shown
 */
public record UnusedRow(long row, String orderId, Reason reason, String field, String value) {
    /** Why. */
    public enum Reason {
        /** The line is no row of the table. */
        NOT_A_ROW,
        /** It names no order. */
        NO_ORDER_ID,
        /** The anchor is missing or can't be read. */
        NO_ANCHOR,
        /** It counts as delivered and its time is missing or can't be read. */
        NO_DELIVERY_TIME,
        /** It arrived before it was ordered. */
        DELIVERED_BEFORE_ORDER,
        /** The same values stand in an earlier row. */
        DUPLICATE,
        /** It was ordered, handed over or delivered more than a year after nearly all others, as by a mistyped year. */
        TIME_BEYOND_BELIEF
    }
}
