package dev.doorstep.modeltraining.orders;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.feature.FeatureDefinition;
import dev.doorstep.commonmodel.feature.FeatureSchema;
import dev.doorstep.commonmodel.feature.FeatureType;
import dev.doorstep.commonmodel.place.Places;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The usable rows of an orders file, and the others by reason.
 *
 * @param orders by instant, then by row
 * @param unused rows that can't be used
 * @param notes values that were passed over although their row is used: counts by what was wrong with them
 * @param until the latest instant of its usable rows
 */
public record OrdersFile(List<Order> orders, List<UnusedRow> unused, Map<String, Integer> notes, Instant until) {
    /** Demand signals that serving knows by itself; a numeric column of that name is one. */
    public static final Set<String> DEMAND = FeatureSchema.CURRENT.features().stream()
            .filter(feature -> feature.type() == FeatureType.INTEGER && feature.name().endsWith("_1h")).map(FeatureDefinition::name)
            .collect(Collectors.toUnmodifiableSet());

    private static final Duration BEYOND_BELIEF = Duration.ofDays(366);

    /**
     * Reads a file through a mapping.
     *
     * @throws DoorstepException {@code INVALID_REQUEST} when the file is no table, a column is absent, or no row can be used
     */
    public static OrdersFile read(Path file, Mapping mapping, Places places) {
        Table table = Table.read(file, mapping.delimiter(), 0);
        RowReader reader = new RowReader(mapping, table, places);
        List<UnusedRow> unused = new ArrayList<>();
        table.rejected().forEach((line, error) -> unused.add(
                new UnusedRow(line - 1, "", UnusedRow.Reason.NOT_A_ROW, "orders", DoorstepException.shown(error))));
        List<RowReader.Read> usable = new ArrayList<>();
        Set<List<@Nullable String>> seen = new HashSet<>();
        long[] lines = table.lines();
        for (int i = 0; i < lines.length; i++) {
            @Nullable
            String[] row = table.rows().get(i);
            int number = (int) lines[i] - 1;
            RowReader.Read read = reader.read(number, row);
            if (read.order() == null) {
                unused.add(java.util.Objects.requireNonNull(read.unused()));
            } else if (!seen.add(java.util.Arrays.asList(row))) {
                unused.add(new UnusedRow(number, read.order().orderId(), UnusedRow.Reason.DUPLICATE, "orderId", read.order().orderId()));
            } else {
                usable.add(read);
            }
        }
        Instant believed = believed(usable);
        Instant until = Instant.EPOCH;
        List<Order> orders = new ArrayList<>();
        for (RowReader.Read read : usable) {
            Order order = java.util.Objects.requireNonNull(read.order());
            if (read.latest().isAfter(believed)) {
                unused.add(new UnusedRow(order.row(), order.orderId(), UnusedRow.Reason.TIME_BEYOND_BELIEF,
                        read.latest().equals(order.deliveredAt()) ? "deliveredAt" : "orderedAt", read.latest().toString()));
            } else {
                orders.add(order);
                until = latest(until, read.latest());
                until = order.knownUntil().isAfter(believed) ? until : latest(until, order.knownUntil());
            }
        }
        if (orders.isEmpty()) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders",
                    "orders: none of " + table.rows().size() + " rows can be used: " + counts(unused));
        }
        orders.sort(java.util.Comparator.comparing(Order::instant).thenComparingInt(Order::row));
        return new OrdersFile(List.copyOf(orders), List.copyOf(unused), reader.notes(), until);
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /**
     * Up to when times are believed: a year after those of 99 rows in a hundred. Later ones are mistyped; taken for the end of the file, one
     * would make every open order one that never arrived.
     */
    private static Instant believed(List<RowReader.Read> rows) {
        List<Instant> sorted = rows.stream().map(RowReader.Read::latest).sorted().toList();
        return sorted.isEmpty() ? Instant.EPOCH : sorted.get((int) ((sorted.size() - 1) * 99L / 100)).plus(BEYOND_BELIEF);
    }

    /** How many rows can't be used, by reason. */
    public static Map<UnusedRow.Reason, Long> counts(List<UnusedRow> unused) {
        return unused.stream().collect(Collectors.groupingBy(UnusedRow::reason, TreeMap::new, Collectors.counting()));
    }
}
