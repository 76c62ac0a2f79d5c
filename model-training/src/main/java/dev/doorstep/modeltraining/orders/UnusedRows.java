package dev.doorstep.modeltraining.orders;

import java.util.List;

/** The rows that can't be used, as a CSV file. */
public final class UnusedRows {
    private UnusedRows() {}

    /** A line for each row: its number, its order, the reason, the key of the mapping and the value. */
    public static String csv(List<UnusedRow> rows) {
        StringBuilder csv = new StringBuilder("row,order_id,reason,field,value\n");
        for (UnusedRow row : rows) {
            csv.append(row.row()).append(',').append(quoted(row.orderId())).append(',').append(row.reason()).append(',').append(row.field())
                    .append(',').append(quoted(row.value())).append('\n');
        }
        return csv.toString();
    }

    private static String quoted(String text) {
        return '"' + text.replace("\"", "\"\"") + '"';
    }
}
