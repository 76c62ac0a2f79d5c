package dev.doorstep.modeltraining.orders;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.bundle.Anchor;
import dev.doorstep.forecasting.model.Lanes;
import dev.doorstep.forecasting.model.ModelSchema;
import dev.doorstep.forecasting.model.OrderFacts;
import dev.doorstep.modeltraining.orders.UnusedRow.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes orders of a table's rows. Not thread-safe. */
final class RowReader {
    private static final Set<String> DELIVERED = Set.of("delivered", "complete", "completed");
    private static final Set<String> CANCELLED = Set.of("cancelled", "canceled", "unavailable", "refunded");

    /** What a comma does not stand between thousands in: 12,5 and 1.234,56, not 1,234. */
    private static final Pattern DECIMAL_COMMA = Pattern
            .compile("[+-]?(\\d+,(\\d{1,2}|\\d{4,})|0\\d*,\\d+|\\d{1,3}(\\.\\d{3})+,\\d+|\\d{4,},\\d{3})");
    private static final int MOST_SHOWN = 50;
    private static final Pattern DECIMAL_POINT = Pattern.compile("[+-]?\\d+\\.(\\d{1,2}|\\d{4,})");

    private final Mapping mapping;
    private final NamedPlaces places;
    private final Lanes lanes;
    private final Map<String, Integer> columns = new HashMap<>();
    private final Map<Mapping.Column, TimeReader> times = new HashMap<>();
    private final Set<String> missing;
    /** The latest of all instants until which orders were watched: of a cancelled one it says when the file was written, not that. */
    private final @Nullable Instant exported;
    private final Map<String, Integer> notes = new TreeMap<>();
    private final Set<String> decimalCommas = new HashSet<>();

    /**
     * One of the two.
     *
     * @param latest that happened to the order; 1970 of a row that can't be used
     */
    record Read(@Nullable Order order, @Nullable UnusedRow unused, Instant latest) {}

    RowReader(Mapping mapping, Table table, Places places) {
        List<String> names = table.columns();
        this.mapping = mapping;
        this.places = new NamedPlaces(places);
        this.lanes = new Lanes(places);
        this.missing = new HashSet<>(mapping.missing());
        for (int i = 0; i < names.size(); i++) {
            columns.put(names.get(i), i);
        }
        times("orderedAt", mapping.orderedAt());
        times("approvedAt", mapping.approvedAt());
        times("shippedAt", mapping.shippedAt());
        times("deliveredAt", mapping.deliveredAt());
        times("promisedAt", mapping.promisedAt());
        times("predictedAt", mapping.predictedAt());
        times("observedUntil", mapping.observedUntil());
        require("orderId", mapping.orderId());
        require("shipmentId", mapping.shipmentId());
        require("status", mapping.status());
        require("carrier", mapping.carrier());
        require("service", mapping.service());
        require("origin", mapping.origin());
        require("destination", mapping.destination());
        Mapping.ProductColumns product = mapping.product();
        if (product != null) {
            require("product.sku", product.sku());
            require("product.class", product.productClass());
            require("product.quantity", product.quantity());
            require("product.weightKg", product.weightKg());
        }
        this.exported = table.rows().stream().map(row -> instant(row, mapping.observedUntil())).filter(Objects::nonNull)
                .max(Comparator.naturalOrder()).orElse(null);
        Set<String> sameNames = new HashSet<>();
        Stream.concat(mapping.numeric().stream(), mapping.categorical().stream()).forEach(column -> {
            if (!sameNames.add(ModelSchema.columnName(column))) {
                throw new DoorstepException(ErrorCode.INVALID_REQUEST, "numeric",
                        "mapping: numeric and categorical name " + column + " twice, or another column that differs in signs alone");
            }
        });
        mapping.numeric().forEach(column -> requireFeature("numeric", column));
        mapping.categorical().forEach(column -> requireFeature("categorical", column));
        Set<String> numeric = new HashSet<>(mapping.numeric());
        if (product != null) {
            Stream.of(product.quantity(), product.weightKg()).filter(Objects::nonNull).forEach(column -> numeric.addAll(column.columns()));
        }
        for (String column : numeric) {
            int place = Objects.requireNonNull(columns.get(column));
            long commas = count(table, place, DECIMAL_COMMA);
            long points = count(table, place, DECIMAL_POINT);
            if (mapping.decimal() != null ? mapping.decimal().equals(",") : commas > points) {
                decimalCommas.add(column);
            }
            if (mapping.decimal() == null && commas > 0 && points > 0) {
                note(column + " has decimal commas and decimal points, and is read by what most of it has");
            }
        }
    }

    private static long count(Table table, int place, Pattern form) {
        return table.rows().stream().map(row -> row[place]).filter(Objects::nonNull).filter(form.asMatchPredicate()).count();
    }

    /** Values that were passed over, by what was wrong. */
    Map<String, Integer> notes() {
        return Map.copyOf(notes);
    }

    /** Reads a row; an order that was watched to the end of the file is known until {@link Order#END_OF_FILE}. */
    Read read(int number, @Nullable String[] row) {
        Instant ordered = time(row, mapping.orderedAt(), "orderedAt");
        Instant promised = time(row, mapping.promisedAt(), "promisedAt");
        Instant delivered = time(row, mapping.deliveredAt(), "deliveredAt");
        Instant handedOver = time(row, mapping.shippedAt(), "shippedAt");
        Instant watched = time(row, mapping.observedUntil(), "observedUntil");
        String orderId = text(row, mapping.orderId());
        if (orderId == null) {
            return unused(number, "", Reason.NO_ORDER_ID, "orderId", "");
        }
        boolean toOrder = mapping.anchor() == Anchor.ORDERED_AT;
        Instant anchor = toOrder ? ordered : promised;
        if (anchor == null) {
            Mapping.Column column = Objects.requireNonNull(toOrder ? mapping.orderedAt() : mapping.promisedAt());
            return unused(number, orderId, Reason.NO_ANCHOR, toOrder ? "orderedAt" : "promisedAt", shown(row, column));
        }
        String status = text(row, mapping.status());
        String state = status == null ? null : status.toLowerCase(Locale.ROOT);
        boolean cancelled = state != null && CANCELLED.contains(state);
        boolean lost = state != null && state.equals("lost");
        if (delivered == null && (state == null ? text(row, mapping.deliveredAt()) != null : DELIVERED.contains(state))) {
            return unused(number, orderId, Reason.NO_DELIVERY_TIME, "deliveredAt", shown(row, mapping.deliveredAt()));
        }
        if (cancelled || lost) {
            delivered = null;
        }
        if (toOrder && delivered != null && delivered.isBefore(anchor)) {
            return unused(number, orderId, Reason.DELIVERED_BEFORE_ORDER, "deliveredAt", shown(row, mapping.deliveredAt()));
        }
        Instant predicted = mapping.predictedAt() == null ? ordered : time(row, mapping.predictedAt(), "predictedAt");
        if (predicted == null) {
            predicted = ordered;
        }
        if (predicted != null && (predicted.isAfter(anchor) || (delivered != null && predicted.isAfter(delivered)))) {
            // What is known only after the anchor or the delivery must not be a feature.
            note("prediction instant after the anchor or the delivery, treated as not known");
            predicted = null;
        }
        if (watched == null || (cancelled && watched.equals(exported))) {
            watched = cancelled
                    ? lastSeen(anchor, predicted, time(row, mapping.approvedAt(), "approvedAt"), handedOver)
                    : Order.END_OF_FILE;
        }
        Instant latest = lastSeen(Instant.EPOCH, ordered, handedOver, delivered);
        OrderFacts facts = facts(row, anchor, predicted, promised);
        return new Read(new Order(number, orderId, facts, predicted == null ? anchor : predicted, handedOver, delivered, promised, watched,
                lost), null, latest);
    }

    private static Instant lastSeen(Instant first, @Nullable Instant... instants) {
        Instant latest = first;
        for (Instant instant : instants) {
            latest = instant != null && instant.isAfter(latest) ? instant : latest;
        }
        return latest;
    }

    private OrderFacts facts(@Nullable String[] row, Instant anchor, @Nullable Instant predicted, @Nullable Instant promised) {
        Map<String, Double> demand = new HashMap<>();
        Map<String, Double> numbers = new HashMap<>();
        for (String column : mapping.numeric()) {
            String text = cell(row, column);
            Double value = text == null ? null : number(text, column);
            if (value != null) {
                (OrdersFile.DEMAND.contains(column) ? demand : numbers).put(ModelSchema.columnName(column), value);
            }
        }
        Map<String, String> names = new HashMap<>();
        for (String column : mapping.categorical()) {
            String text = cell(row, column);
            if (text != null) {
                names.put(ModelSchema.columnName(column), text);
            }
        }
        double offset = mapping.promiseAsFeature() && promised != null
                ? promised.atZone(mapping.zone()).toLocalDate().toEpochDay() - anchor.atZone(mapping.zone()).toLocalDate().toEpochDay()
                : Double.NaN;
        Mapping.ProductColumns product = mapping.product();
        OrderFacts.Goods goods = product == null
                ? OrderFacts.Goods.UNKNOWN
                : new OrderFacts.Goods(text(row, product.sku()), text(row, product.productClass()), number(row, product.quantity()),
                        number(row, product.weightKg()));
        return new OrderFacts(anchor, predicted, offset, lane(row), goods, demand, numbers, names);
    }

    private OrderFacts.Lane lane(@Nullable String[] row) {
        Mapping.PlaceColumns from = mapping.origin();
        Mapping.PlaceColumns to = mapping.destination();
        return lanes.between(from == null ? null : text(row, from.id()), place(row, from), place(row, to),
                to == null ? null : text(row, to.postalCode()), text(row, mapping.carrier()), text(row, mapping.service()))
                .withRegions(from == null ? null : text(row, from.region()), to == null ? null : text(row, to.region()));
    }

    private @Nullable Place place(@Nullable String[] row, Mapping.@Nullable PlaceColumns where) {
        String country = where == null ? null : text(row, where.country());
        if (country == null) {
            return null;
        }
        return places.find(country, text(row, where == null ? null : where.postalCode()));
    }

    private @Nullable Instant time(@Nullable String[] row, Mapping.@Nullable Column column, String noteAs) {
        Instant instant = instant(row, column);
        if (instant == null && text(row, column) != null) {
            note(noteAs + " can't be read as a time");
        }
        return instant;
    }

    private @Nullable Instant instant(@Nullable String[] row, Mapping.@Nullable Column column) {
        if (column != null) {
            TimeReader reader = Objects.requireNonNull(times.get(column));
            for (String name : column.columns()) {
                String text = cell(row, name);
                Instant instant = text == null ? null : reader.read(text);
                if (instant != null) {
                    return instant;
                }
            }
        }
        return null;
    }

    private double number(@Nullable String[] row, Mapping.@Nullable Column column) {
        for (String name : column == null ? List.<String>of() : column.columns()) {
            String text = cell(row, name);
            if (text != null) {
                Double value = number(text, name);
                return value == null ? Double.NaN : value;
            }
        }
        return Double.NaN;
    }

    private @Nullable Double number(String text, String column) {
        try {
            double value = Double.parseDouble(
                    decimalCommas.contains(column) ? text.replace(".", "").replace(',', '.') : text.replace(",", ""));
            return Double.isFinite(value) ? value : null;
        } catch (NumberFormatException _) {
            note(column + " is no number");
            return null;
        }
    }

    private @Nullable String text(@Nullable String[] row, Mapping.@Nullable Column column) {
        if (column != null) {
            for (String name : column.columns()) {
                String text = cell(row, name);
                if (text != null) {
                    return text;
                }
            }
        }
        return null;
    }

    private @Nullable String cell(@Nullable String[] row, String name) {
        String text = row[Objects.requireNonNull(columns.get(name))];
        return text == null || missing.contains(text) ? null : text;
    }

    private String shown(@Nullable String[] row, Mapping.Column column) {
        List<String> values = new ArrayList<>();
        column.columns().forEach(name -> values.add(String.valueOf(row[Objects.requireNonNull(columns.get(name))])));
        return DoorstepException.shown(String.join(" | ", values));
    }

    private static Read unused(int number, String orderId, Reason reason, String field, String value) {
        return new Read(null, new UnusedRow(number, orderId, reason, field, value), Instant.EPOCH);
    }

    private void note(String what) {
        notes.merge(what, 1, Integer::sum);
    }

    private void times(String key, Mapping.@Nullable Column column) {
        require(key, column);
        if (column != null) {
            times.put(column, new TimeReader(column.formats(), mapping.zone()));
        }
    }

    /** No instant after the anchor, and nothing else that tells the outcome, may be a feature. */
    private void requireFeature(String key, String column) {
        require(key, new Mapping.Column(List.of(column), List.of()));
        requireNotIn("approvedAt", mapping.approvedAt(), key, column);
        requireNotIn("shippedAt", mapping.shippedAt(), key, column);
        requireNotIn("deliveredAt", mapping.deliveredAt(), key, column);
        requireNotIn("observedUntil", mapping.observedUntil(), key, column);
        requireNotIn("status", mapping.status(), key, column);
        if (!mapping.promiseAsFeature()) {
            requireNotIn("promisedAt", mapping.promisedAt(), key, column);
        }
    }

    private static void requireNotIn(String later, Mapping.@Nullable Column columns, String key, String column) {
        if (columns != null && columns.columns().contains(column)) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, key,
                    "mapping: " + key + " names the column " + column + ", which is also "
                            + later + " and so not known when the forecast is made");
        }
    }

    private void require(String key, Mapping.@Nullable PlaceColumns where) {
        if (where != null) {
            require(key + ".id", where.id());
            require(key + ".country", where.country());
            require(key + ".region", where.region());
            require(key + ".postalCode", where.postalCode());
        }
    }

    private void require(String key, Mapping.@Nullable Column column) {
        for (String name : column == null ? List.<String>of() : column.columns()) {
            if (!columns.containsKey(name)) {
                throw new DoorstepException(ErrorCode.INVALID_REQUEST, key, "mapping: " + key + " names the column " + name
                        + ", which the file does not have; it has "
                        + columns.keySet().stream().sorted().map(DoorstepException::shown).limit(MOST_SHOWN).toList()
                        + (columns.size() > MOST_SHOWN ? " and " + (columns.size() - MOST_SHOWN) + " more" : ""));
            }
        }
    }
}
