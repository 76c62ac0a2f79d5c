package dev.doorstep.watching.sequential;

import java.util.List;

/**
 * Tests all the time whether something happens to one arm more often than to another, by more than a tolerated ratio.
 *
 * <p>Of the events in a window, each is the candidate's with a probability that the numbers of trials and the ratio of the rates give. The
 * likelihood of a larger ratio over that of the tolerated one is a test martingale, an average of such over several ratios is one too, and
 * by Ville's inequality it exceeds 1/α with probability α at most, however often one looks. After Lindon and Malek, Anytime-Valid Inference
 * for Multinomial Count Data (2022) and Lindon, Sanden and Shirikian, Rapid Regression Detection in Software Deployments through Sequential
 * Testing (2022). Rates that are not small only make it more careful (Hoeffding 1963: drawing without putting back). Immutable.
 *
 * @param tolerated ratio of the candidate's rate to the baseline's that still passes, 1 or more
 * @param logs logarithm of the likelihood ratio for each of the alternatives
 * @param trials of the candidate so far
 * @param events of the candidate so far
 * @param baselineTrials of the baseline so far
 * @param baselineEvents of the baseline so far
 */
public record RatioTest(double tolerated, List<Double> logs, long trials, long events, long baselineTrials, long baselineEvents) {
    private static final double[] ALTERNATIVES = {1.2, 1.5, 2, 3, 5, 10, 30, 100, 1000};
    /** A baseline without any event: its rate is below what its trials could show, and that is not nothing. */
    private static final double UNSEEN = 0.5;

    public RatioTest {
        if (!(tolerated >= 1)) {
            throw new IllegalArgumentException("tolerated must be 1 or more: " + tolerated);
        }
        logs = List.copyOf(logs);
    }

    /** A test that has seen nothing. */
    public static RatioTest of(double tolerated) {
        return new RatioTest(tolerated, Mixture.start(ALTERNATIVES.length), 0, 0, 0, 0);
    }

    /** The test after another window; one in which an arm had no trial says nothing. */
    public RatioTest with(long candidateTrials, long candidateEvents, long otherTrials, long otherEvents) {
        if (candidateTrials < candidateEvents || otherTrials < otherEvents || candidateEvents < 0 || otherEvents < 0) {
            throw new IllegalArgumentException("more events than trials: " + candidateEvents + " of " + candidateTrials + ", " + otherEvents
                    + " of " + otherTrials);
        }
        List<Double> next = logs;
        if (candidateTrials > 0 && otherTrials > 0) {
            double tolerable = share(tolerated, candidateTrials, otherTrials);
            next = Mixture.with(logs, i -> {
                double share = share(tolerated * ALTERNATIVES[i], candidateTrials, otherTrials);
                return candidateEvents * Math.log(share / tolerable) + otherEvents * Math.log((1 - share) / (1 - tolerable));
            });
        }
        return new RatioTest(tolerated, next, trials + candidateTrials, events + candidateEvents, baselineTrials + otherTrials,
                baselineEvents + otherEvents);
    }

    /** Evidence that the ratio is larger than tolerated: an e-value, 1 where nothing is known. */
    public double evidence() {
        return Mixture.evidence(logs);
    }

    /** The candidate's rate over the baseline's, as observed. */
    public double ratio() {
        double rate = trials == 0 ? 0 : (double) events / trials;
        double other = baselineTrials == 0 ? 0 : Math.max((double) baselineEvents, UNSEEN) / baselineTrials;
        return rate == 0 || other == 0 ? rate == 0 ? 0 : 1 : rate / other;
    }

    private static double share(double ratio, long candidateTrials, long otherTrials) {
        return ratio * candidateTrials / (ratio * candidateTrials + otherTrials);
    }
}
