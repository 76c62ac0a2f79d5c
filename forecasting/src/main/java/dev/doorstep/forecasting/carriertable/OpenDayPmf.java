package dev.doorstep.forecasting.carriertable;

import dev.doorstep.forecasting.policy.Policy;
import java.util.Collection;

/** Probabilities of 0, 1, 2 … open days, as arrays that add up to 1. */
final class OpenDayPmf {
    private OpenDayPmf() {}

    static double[] of(Policy.OpenDayTable table) {
        double[] days = table.probabilities().stream().mapToDouble(Double::doubleValue).toArray();
        double sum = 0;
        for (double probability : days) {
            sum += probability;
        }
        for (int i = 0; i < days.length; i++) {
            days[i] /= sum;
        }
        return days;
    }

    /** Any of them, each as probable as the others. */
    static double[] mixture(Collection<double[]> all) {
        int longest = all.stream().mapToInt(days -> days.length).max().orElse(1);
        double[] mixture = new double[longest];
        for (double[] days : all) {
            for (int i = 0; i < days.length; i++) {
                mixture[i] += days[i] / all.size();
            }
        }
        return mixture;
    }

    /** One after the other, independent of each other. */
    static double[] sum(double[] first, double[] second) {
        double[] sum = new double[first.length + second.length - 1];
        for (int i = 0; i < first.length; i++) {
            for (int j = 0; j < second.length; j++) {
                sum[i + j] += first[i] * second[j];
            }
        }
        return sum;
    }

    static double mean(double[] days) {
        double mean = 0;
        for (int i = 0; i < days.length; i++) {
            mean += i * days[i];
        }
        return mean;
    }
}
