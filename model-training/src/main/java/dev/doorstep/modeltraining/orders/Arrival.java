package dev.doorstep.modeltraining.orders;

/**
 * Where an arrival fell in its forecast: a forecast over whole days puts it anywhere between two probabilities.
 *
 * @param before probability of having arrived before the day of arrival
 * @param after probability of having arrived by its end
 */
public record Arrival(double before, double after) {
    /**
     * The arrival on a day.
     *
     * @param cumulative for each day the forecast probability of having arrived by its end
     * @param day its place among them; before the first nothing has arrived, after the last everything
     */
    public static Arrival of(double[] cumulative, int day) {
        int last = cumulative.length - 1;
        return new Arrival(day <= 0 ? 0 : cumulative[Math.min(day - 1, last)], day < 0 ? 0 : cumulative[Math.min(day, last)]);
    }

    /** The share of it that lies at or below a probability. */
    public double shareBelow(double level) {
        if (level >= after) {
            return 1;
        }
        return level <= before ? 0 : (level - before) / (after - before);
    }
}
