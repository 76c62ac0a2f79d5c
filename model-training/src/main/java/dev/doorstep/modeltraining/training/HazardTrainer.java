package dev.doorstep.modeltraining.training;

import dev.doorstep.modeltraining.orders.Prepared;
import dev.doorstep.forecasting.bundle.ModelSettings;
import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.DayColumns;
import dev.doorstep.forecasting.model.DayFeature;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.forecasting.model.Support;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grows hazard forests: a row for each order and candidate day up to the day of delivery, or up to what was known at the cut-off. They say
 * how far an order differs from the hazards of all.
 */
final class HazardTrainer {
    private final ModelSchema schema;
    private final ModelSettings settings;
    private final long seed;
    private final int threads;
    private final DayColumns dayColumns;

    HazardTrainer(ModelSchema schema, ModelSettings settings, long seed, int threads) {
        this.schema = schema;
        this.settings = settings;
        this.seed = seed;
        this.threads = threads;
        this.dayColumns = new DayColumns(schema.names());
    }

    /**
     * The rows of some orders as far as their outcomes were known at an instant.
     *
     * @param rows features of each order
     * @param halfLifeDays of the weights; none where it is infinite
     */
    Booster.Data data(List<Prepared> orders, double[][] rows, Instant known, double halfLifeDays) {
        int width = schema.names().size();
        CandidateDays days = settings.candidateDays();
        double[] values = new double[width * 4096];
        float[] labels = new float[4096];
        float[] weights = new float[4096];
        int count = 0;
        for (int i = 0; i < rows.length; i++) {
            Prepared each = orders.get(i);
            days.set(each.clock(), each.delivers());
            Learned learned = Learned.of(each, known, days, settings);
            float weight = (float) StrictMath.pow(0.5, HistoryBuilder.days(each.order().instant(), known) / halfLifeDays);
            for (int bin = 0; bin <= learned.lastAtRisk(); bin++) {
                if (!days.isOpen(bin)) {
                    continue;
                }
                if (count == labels.length) {
                    values = Arrays.copyOf(values, values.length * 2);
                    labels = Arrays.copyOf(labels, count * 2);
                    weights = Arrays.copyOf(weights, count * 2);
                }
                int at = count * width;
                System.arraycopy(rows[i], 0, values, at, width);
                dayColumns.fill(days, bin, values, at);
                labels[count] = bin == learned.event() ? 1 : 0;
                weights[count++] = weight;
            }
        }
        return new Booster.Data(schema, Arrays.copyOf(values, count * width),
                Arrays.copyOf(labels, count),
                Double.isInfinite(halfLifeDays) ? null : Arrays.copyOf(weights, count));
    }

    /**
     * What an instant teaches of an order.
     *
     * @param event the bin in which it arrived, −1 where that was not known
     * @param lastAtRisk the last bin of which was known whether it arrived in it, having not arrived before; −1 where there is none
     */
    record Learned(int event, int lastAtRisk) {
        static Learned of(Prepared order, Instant known, CandidateDays days, ModelSettings settings) {
            Support support = settings.support();
            // The last open bin takes what is left: nothing is to be learned there.
            int last = days.lastOpen() - 1;
            if (order.order().deliveredBy(known)) {
                int event = days.openOnOrAfter(support.binOf(order.offset()));
                return new Learned(event, Math.min(event, last));
            }
            // Of a lost order it is known for good that it does not come.
            boolean ended = order.order().deliveredAt() == null && !order.order().lost();
            Instant watched = ended && order.order().knownUntil().isBefore(known) ? order.order().knownUntil() : known;
            // Of its last day nobody saw the end.
            long lastWatched = watched.atZone(settings.zone()).toLocalDate().toEpochDay() - 1;
            int lastAtRisk = -1;
            while (lastAtRisk < last && order.clock().anchorDay() + support.endOf(lastAtRisk + 1) - 1 <= lastWatched) {
                lastAtRisk++;
            }
            return new Learned(-1, lastAtRisk);
        }
    }

    /** Grows a forest on the rows of so many orders, checked with other rows where they are given. */
    Booster.Grown grow(Booster.Data data, int orders, HazardParameters parameters, Booster.@Nullable Data check) {
        // Closed days would look as if orders wait on them.
        DayFeature day = settings.support().daily() ? DayFeature.OPEN_DAY : DayFeature.DAY;
        BaselineHazards baseline = BaselineHazards.of(data, day.featureName(), parameters.leastInLeaf());
        Booster.Grown grown = Booster.grow(baseline.start(data), parameters.lightGbm(seed, threads, (double) data.rows() / orders),
                parameters.rounds(), check == null ? null : baseline.start(check));
        return new Booster.Grown(baseline.before(grown.model()), grown.losses());
    }
}
