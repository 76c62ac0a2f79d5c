package dev.doorstep.modeltraining.evaluation;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.forecasting.model.Support;
import dev.doorstep.modeltraining.orders.Table;
import dev.doorstep.modeltraining.orders.Prepared;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** True distributions of a synthetic world's orders, where they are known. Immutable. */
public final class Truths {
    private final Map<String, Truth> byOrder = new HashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Truth(long firstDay, double[] probabilities) {}

    private Truths() {}

    /** No truth is known. */
    public static Truths none() {
        return new Truths();
    }

    /**
     * Reads the file that {@code generate} writes.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when it is no such file
     */
    public static Truths read(Path file) {
        Truths truths = new Truths();
        Table table = Table.read(file, ",", 0);
        try {
            for (@Nullable
            String[] row : table.rows()) {
                String[] cells = String.valueOf(row[2]).split(" ", -1);
                double[] probabilities = new double[cells.length];
                for (int i = 0; i < cells.length; i++) {
                    probabilities[i] = Double.parseDouble(cells[i]);
                }
                truths.byOrder.put(String.valueOf(row[0]), new Truth(LocalDate.parse(String.valueOf(row[1])).toEpochDay(), probabilities));
            }
        } catch (RuntimeException e) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "truth", "truth: " + file + " is not as generate writes it", e);
        }
        return truths;
    }

    /** True cumulative probabilities over a support, or null where they are not known. */
    double @Nullable [] of(Prepared order, Support support) {
        Truth truth = byOrder.get(order.order().orderId());
        if (truth == null) {
            return null;
        }
        double[] cumulative = new double[support.days()];
        double sum = 0;
        int next = 0;
        for (int day = 0; day < cumulative.length; day++) {
            long at = order.clock().anchorDay() + support.first() + day;
            while (next < truth.probabilities().length && truth.firstDay() + next <= at) {
                sum += truth.probabilities()[next++];
            }
            cumulative[day] = Math.min(1, sum);
        }
        cumulative[cumulative.length - 1] = 1;
        return cumulative;
    }
}
