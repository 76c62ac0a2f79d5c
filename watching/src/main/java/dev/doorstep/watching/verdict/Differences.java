package dev.doorstep.watching.verdict;

/**
 * By how much a candidate's dates differ from the active model's on identical requests, in sums that only grow.
 *
 * @param count requests that both forecast
 * @param later sum of the days by which the candidate's date is later, each between −{@link Rules#MOST_DAYS} and that
 * @param squares sum of their squares
 * @param apart sum of the days between the dates
 */
public record Differences(long count, double later, double squares, double apart) {
    /** Nothing yet. */
    public static final Differences NONE = new Differences(0, 0, 0, 0);

    /** With another request. */
    public Differences with(long daysLater) {
        double days = Math.clamp((double) daysLater, -Rules.MOST_DAYS, Rules.MOST_DAYS);
        return new Differences(count + 1, later + days, squares + days * days, apart + Math.abs(days));
    }

    /** The sum of two. */
    public Differences plus(Differences other) {
        return new Differences(count + other.count, later + other.later, squares + other.squares, apart + other.apart);
    }

    /** What came after an earlier sum. */
    public Differences since(Differences earlier) {
        return new Differences(count - earlier.count, later - earlier.later, squares - earlier.squares, apart - earlier.apart);
    }
}
