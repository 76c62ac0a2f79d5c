package dev.doorstep.modeltraining.orders;

import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.place.Precision;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Guesses a mapping from a file's column names and values, and says what it could not guess. */
public final class MappingDraft {
    private static final int MOST_SHOWN = 3;
    private static final int MOST_ODD = 12;
    private static final double ENOUGH_PARSED = 0.05;
    /** Forms of times, the usual ones first; where day and month can't be told apart, the first that takes more wins. */
    private static final List<List<String>> FORMATS = List.of(List.of(), List.of("dd-MMM-yy"), List.of("dd-MMM-yyyy"), List.of("M/d/yyyy"),
            List.of("M/d/yy"), List.of("M/d/yy", "M/d/yyyy"), List.of("d/M/yyyy"), List.of("dd.MM.yyyy"), List.of("M/d/yyyy H:mm"),
            List.of("d/M/yyyy H:mm"), List.of("dd.MM.yyyy HH:mm"), List.of("yyyyMMdd"), List.of("yyyy/MM/dd"), List.of("MMM d, yyyy"));
    /** What columns of a meaning are called; a column is tried for the first meaning that takes it. */
    private static final Map<String, Pattern> TIMES = patterns(
            "promisedAt", "estimat|promis|schedul|expected|\\beta\\b|due",
            "shippedAt", "ship(ped|ping|ment)?.*(date|at|time)|carrier.*date|hand.?over|dispatch|pick(ed)?.?up|collected",
            "deliveredAt", "deliver|arriv|received",
            "approvedAt", "approv|paid|payment",
            "predictedAt", "predict|quoted",
            "observedUntil", "observ|cancel|until",
            "orderedAt", "order|purchas|creat|placed|sent to|\\bpo\\b|\\bpq\\b|bought");
    private static final Map<String, Pattern> TEXTS = patterns(
            "orderId", "order.?(id|no|num|#)|^order$|\\b(po|so)\\b.*#|order_id",
            "shipmentId", "shipment.?(id|no|#)|parcel|tracking|\\basn\\b",
            "status", "status|state of order",
            "carrier", "carrier|courier|shipment mode|ship.?mode",
            "service", "service|shipping.?(method|option|level)|delivery.?type|fulfill",
            "origin.id", "seller|vendor|warehouse|origin$|merchant|supplier",
            "origin.country", "(origin|seller|warehouse|from).*country",
            "origin.region", "(origin|seller|warehouse|from).*(state|region)",
            "origin.postalCode", "(origin|seller|warehouse|from).*(zip|postal|postcode)",
            "destination.country", "country",
            "destination.region", "(customer|dest|to|ship).*(state|region)|^state$|^region$",
            "destination.postalCode", "zip|postal|postcode",
            "product.sku", "\\bsku\\b|product.?id|item.?(id|desc)|article",
            "product.class", "class|category",
            "product.quantity", "quantity|\\bqty\\b|pieces",
            "product.weightKg", "weight");
    /** When it was told, or who carries it, is not when it arrived. */
    private static final Pattern NO_DELIVERY = pattern("record|carrier");

    private final Table table;
    private final NamedPlaces places;
    private final Map<String, String> found = new LinkedHashMap<>();
    private final Set<String> used = new TreeSet<>();
    private final Set<String> oddTexts = new TreeSet<>();

    private MappingDraft(Table table, Places places) {
        this.table = table;
        this.places = new NamedPlaces(places);
    }

    /** A mapping of a table, in YAML with comments. */
    public static String of(Table table, Places places) {
        return new MappingDraft(table, places).draft();
    }

    /** Patterns by meaning, of a meaning and its expression in turn. */
    private static Map<String, Pattern> patterns(String... meaningsAndExpressions) {
        Map<String, Pattern> patterns = new LinkedHashMap<>();
        for (int i = 0; i < meaningsAndExpressions.length; i += 2) {
            patterns.put(meaningsAndExpressions[i], pattern(meaningsAndExpressions[i + 1]));
        }
        return patterns;
    }

    private static Pattern pattern(String expression) {
        return Pattern.compile(expression, Pattern.CASE_INSENSITIVE);
    }

    private String draft() {
        StringBuilder out = new StringBuilder("# Drafted from " + table.rows().size() + " rows: look at every line before training.\n");
        Map<String, List<String>> formats = new LinkedHashMap<>();
        for (String column : table.columns()) {
            List<String> best = bestFormat(column);
            if (best != null) {
                formats.put(column, best);
            }
        }
        texts(formats.keySet());
        StringBuilder lines = new StringBuilder();
        TIMES.forEach((key, names) -> time(key, names, formats, lines));
        require(out, "orderId");
        out.append(lines);
        simple(out, "shipmentId");
        simple(out, "status");
        simple(out, "carrier");
        simple(out, "service");
        group(out, "origin", List.of("id", "country", "region", "postalCode"));
        group(out, "destination", List.of("country", "region", "postalCode"));
        group(out, "product", List.of("sku", "class", "quantity", "weightKg"));
        others(out, formats.keySet());
        if (!oddTexts.isEmpty()) {
            out.append("# Texts in time columns that no format takes; those that mean nothing belong here:\nmissing: ")
                    .append(list(oddTexts.stream().limit(MOST_ODD).toList())).append('\n');
        }
        zone(out);
        boolean ordered = found.containsKey("orderedAt");
        out.append(ordered ? "anchor: orderedAt\n" : "anchor: promisedAt\n");
        out.append(ordered && found.containsKey("promisedAt")
                ? "# true, if the promise is known when the forecast is made:\npromiseAsFeature: false\n"
                : "");
        for (String key : List.of("deliveredAt", "orderedAt")) {
            if (!found.containsKey(key)) {
                out.append("# Could not guess: ").append(key).append('\n');
            }
        }
        return out.toString();
    }

    private void time(String key, Pattern names, Map<String, List<String>> formats, StringBuilder out) {
        List<String> columns = formats.keySet().stream().filter(column -> !used.contains(column) && names.matcher(column).find())
                .filter(column -> !key.equals("deliveredAt") || !NO_DELIVERY.matcher(column).find())
                .toList();
        if (columns.isEmpty()) {
            return;
        }
        used.addAll(columns);
        found.put(key, columns.getFirst());
        List<String> format = formats.get(columns.getFirst());
        double parsed = columns.stream().mapToDouble(column -> parsed(column, Objects.requireNonNull(formats.get(column)))).max()
                .orElse(0);
        out.append(String.format(Locale.ROOT, "# %.1f %% of the rows have a time here%n", 100 * parsed));
        String name = columns.size() == 1 ? quoted(columns.getFirst()) : list(columns);
        out.append(key).append(": ").append(format == null || format.isEmpty()
                ? name
                : "{column: " + name + ", formats: " + list(format) + "}")
                .append('\n');
    }

    private void texts(Set<String> times) {
        TEXTS.forEach((key, names) -> table.columns().stream()
                .filter(column -> !used.contains(column) && !times.contains(column) && names.matcher(column).find()).findFirst()
                .ifPresent(column -> {
                    used.add(column);
                    found.put(key, column);
                }));
    }

    private void others(StringBuilder out, Set<String> times) {
        List<String> numeric = new ArrayList<>();
        List<String> categorical = new ArrayList<>();
        for (String column : table.columns()) {
            if (!used.contains(column) && !times.contains(column)) {
                List<String> values = values(column);
                long distinct = values.stream().distinct().count();
                if (!values.isEmpty() && values.stream().allMatch(MappingDraft::isNumber)) {
                    numeric.add(column);
                } else if (distinct > 1 && distinct <= 200) {
                    categorical.add(column);
                }
            }
        }
        out.append("# Not guessed. Keep what is known when the forecast is made, and nothing that is known only later:\n");
        out.append("# numeric: ").append(list(numeric)).append('\n');
        out.append("# categorical: ").append(list(categorical)).append('\n');
    }

    /** Days are counted where parcels arrive; where no column tells, where they leave. */
    private void zone(StringBuilder out) {
        Map<ZoneId, Long> zones = zones("destination");
        String where = "most parcels go";
        if (zones.isEmpty()) {
            zones = zones("origin");
            where = "most parcels leave";
        }
        long rows = zones.values().stream().mapToLong(Long::longValue).sum();
        out.append("# Where days are counted and times without an offset lie; a guess, because no file says it");
        Map.Entry<ZoneId, Long> most = zones.entrySet().stream()
                .max(Map.Entry.<ZoneId, Long>comparingByValue().thenComparing(zone -> zone.getKey().getId())).orElse(null);
        out.append(most == null
                ? ":\nzone: UTC\n"
                : String.format(Locale.ROOT, ": %s (%.1f %% of %d rows)%nzone: %s%n", where, 100.0 * most.getValue() / rows, rows,
                        most.getKey().getId()));
    }

    /** Rows by the time zone of a place that they name. */
    private Map<ZoneId, Long> zones(String place) {
        String country = found.get(place + ".country");
        Map<ZoneId, Long> zones = new HashMap<>();
        if (country != null) {
            int countries = table.columns().indexOf(country);
            int codes = table.columns().indexOf(found.getOrDefault(place + ".postalCode", ""));
            for (@Nullable
            String[] row : table.rows()) {
                String name = row[countries];
                Place known = name == null ? null : places.find(name, codes < 0 ? null : row[codes]);
                if (known != null && known.precision() != Precision.UNKNOWN) {
                    zones.merge(known.zone(), 1L, Long::sum);
                }
            }
        }
        return zones;
    }

    private void require(StringBuilder out, String key) {
        if (found.containsKey(key)) {
            simple(out, key);
        } else {
            out.append("# Could not guess: ").append(key).append(", one of ").append(table.columns()).append('\n');
        }
    }

    private void simple(StringBuilder out, String key) {
        String column = found.get(key);
        if (column != null) {
            out.append(key).append(": ").append(quoted(column)).append("  # such as ").append(shown(column)).append('\n');
        }
    }

    private void group(StringBuilder out, String key, List<String> parts) {
        List<String> named = new ArrayList<>();
        for (String part : parts) {
            String column = found.get(key + "." + part);
            if (column != null) {
                named.add(part + ": " + quoted(column));
            }
        }
        if (!named.isEmpty()) {
            out.append(key).append(": {").append(String.join(", ", named)).append("}\n");
        }
    }

    private @Nullable List<String> bestFormat(String column) {
        List<String> best = null;
        double most = ENOUGH_PARSED;
        for (List<String> formats : FORMATS) {
            double parsed = parsed(column, formats);
            if (parsed > most + 1e-9) {
                most = parsed;
                best = formats;
            }
        }
        if (best != null) {
            TimeReader reader = new TimeReader(best, ZoneOffset.UTC);
            values(column).stream().filter(value -> reader.read(value) == null && !isNumber(value)).distinct().limit(MOST_SHOWN)
                    .forEach(oddTexts::add);
        }
        return best;
    }

    private double parsed(String column, List<String> formats) {
        TimeReader reader = new TimeReader(formats, ZoneOffset.UTC);
        long count = values(column).stream().map(reader::read).filter(Objects::nonNull).count();
        return (double) count / Math.max(1, table.rows().size());
    }

    private List<String> values(String column) {
        int index = table.columns().indexOf(column);
        List<String> values = new ArrayList<>();
        for (@Nullable
        String[] row : table.rows()) {
            String value = row[index];
            if (value != null) {
                values.add(value);
            }
        }
        return values;
    }

    private String shown(String column) {
        return String.join(", ", values(column).stream().distinct().limit(MOST_SHOWN).map(value -> value.replaceAll("\\p{Cntrl}", " "))
                .map(value -> value.length() > 30 ? value.substring(0, 30) + "…" : value).toList());
    }

    private static boolean isNumber(String value) {
        return value.matches("-?[0-9]+([.,][0-9]+)*");
    }

    private static String list(List<String> texts) {
        return texts.stream().map(MappingDraft::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", " ") + '"';
    }
}
