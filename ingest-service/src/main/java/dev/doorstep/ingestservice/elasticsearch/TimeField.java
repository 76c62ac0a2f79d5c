package dev.doorstep.ingestservice.elasticsearch;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.time.CreatedDateTime;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * How {@code createdDateTime} can be searched for and sorted by in the indices as they are mapped.
 *
 * @param name of the field that is searched
 * @param kind how its values are ordered
 */
record TimeField(String name, Kind kind) {
    static final String FIELD = "createdDateTime";
    private static final String KEYWORD = FIELD + ".keyword";
    private static final Set<String> DATES = Set.of("date", "date_nanos");
    private static final Set<String> NUMBERS = Set.of("long", "unsigned_long", "double", "scaled_float");
    private static final Pattern DIGITS_PATTERN = Pattern.compile("[0-9]{13}");
    private static final Pattern ISO_PATTERN = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T.*Z");
    /** Beyond this many, texts of another form can't be looked through with every poll. */
    private static final int MOST_ODD = 10_000;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** How values are ordered. */
    enum Kind {
        /** Mapped as a date: by time, whatever the text. */
        DATE,
        /** Mapped as a number of milliseconds. */
        NUMBER,
        /** Texts that are mostly numbers of 13 digits, so that their order is that of time from 2001 to 2286. */
        DIGITS,
        /** Texts that are mostly ISO-8601 in UTC, so that their order is that of time. */
        ISO,
        /** In no order of time. */
        NONE
    }

    /**
     * Asks the cluster how the field is mapped and, for texts, what they look like.
     *
     * @param begun whether it was read in some order before: then it is not left for want of order, though many odd texts are looked through
     *     with every poll
     * @throws SearchException when there is no such index or field, or its mappings can't be read together
     */
    static TimeField of(SearchClient client, String index, boolean begun) throws SearchException {
        JsonNode fields = client.ask("GET", "/" + index + "/_field_caps",
                Map.of("fields", FIELD + "," + KEYWORD, "allow_no_indices", "false"), null).path("fields");
        Set<String> types = types(fields.path(FIELD));
        String where = "index " + index + " at " + client.name();
        if (types.isEmpty()) {
            throw new SearchException(404, "no_field", where + ": no " + FIELD + " in the mapping of an index that answers;"
                    + " check doorstep.ingest.elasticsearch.index", null);
        }
        if (DATES.containsAll(types)) {
            return new TimeField(FIELD, Kind.DATE);
        }
        if (NUMBERS.containsAll(types)) {
            return new TimeField(FIELD, Kind.NUMBER);
        }
        if (types.equals(Set.of("keyword"))) {
            return ofTexts(client, index, FIELD, begun);
        }
        if (types.equals(Set.of("text"))) {
            boolean keyword = types(fields.path(KEYWORD)).equals(Set.of("keyword"));
            return keyword ? ofTexts(client, index, KEYWORD, begun) : new TimeField(FIELD, Kind.NONE);
        }
        if (types.size() == 1) {
            throw new SearchException(400, "unfit", where + ": " + FIELD + " is mapped as " + types.iterator().next()
                    + ", which can't hold a time in milliseconds or be searched by it; map it as date, long, keyword or text", null);
        }
        throw new SearchException(400, "mixed", where + ": " + FIELD + " is mapped in several ways (" + String.join(", ", types)
                + "), which can't be searched as one; name indices that agree in doorstep.ingest.elasticsearch.index", null);
    }

    private static Set<String> types(JsonNode field) {
        Set<String> types = new TreeSet<>(field.propertyNames());
        types.remove("unmapped");
        return types;
    }

    private static TimeField ofTexts(SearchClient client, String index, String name, boolean begun) throws SearchException {
        TimeField digits = new TimeField(name, Kind.DIGITS);
        TimeField iso = new TimeField(name, Kind.ISO);
        long oddDigits = count(client, index, digits, begun);
        long oddIso = oddDigits == 0 ? 1 : count(client, index, iso, begun);
        if (!begun && Math.min(oddDigits, oddIso) > MOST_ODD) {
            return new TimeField(name, Kind.NONE);
        }
        return oddDigits <= oddIso ? digits : iso;
    }

    private static long count(SearchClient client, String index, TimeField field, boolean all) throws SearchException {
        ObjectNode body = JSON.objectNode().put("size", 0).put("track_total_hits", all ? Integer.MAX_VALUE : MOST_ODD + 1);
        body.putObject("query").set("bool", field.odd());
        return client.ask("POST", "/" + index + "/_search", Map.of("allow_partial_search_results", "false"), body).path("hits")
                .path("total").path("value").asLong();
    }

    /** Documents whose text is not of the form by which they are ordered, as the content of a bool query. */
    private ObjectNode odd() {
        ObjectNode bool = JSON.objectNode();
        bool.putObject("must").putObject("exists").put("field", name);
        bool.putObject("must_not").putObject("regexp").put(name, pattern().pattern());
        return bool;
    }

    /**
     * Finds documents of a span; texts of another form are found whatever the span, so that none is passed over for ever.
     *
     * @param from epoch milliseconds, included; {@link Long#MIN_VALUE} for no bound
     * @param to epoch milliseconds, excluded; null for no bound
     */
    ObjectNode query(long from, @Nullable Long to) {
        ObjectNode query = JSON.objectNode();
        if (kind == Kind.NONE) {
            query.putObject("match_all");
            return query;
        }
        if (from == Long.MIN_VALUE && to == null) {
            query.putObject("exists").put("field", name);
            return query;
        }
        if (kind == Kind.DATE || kind == Kind.NUMBER) {
            query.set("range", range(from, to));
            return query;
        }
        ObjectNode bool = query.putObject("bool");
        ArrayNode should = bool.putArray("should");
        should.addObject().set("range", range(from, to));
        should.addObject().set("bool", odd());
        bool.put("minimum_should_match", 1);
        return query;
    }

    private ObjectNode range(long from, @Nullable Long to) {
        ObjectNode range = JSON.objectNode();
        ObjectNode bounds = range.putObject(name);
        if (from != Long.MIN_VALUE) {
            put(bounds, "gte", from);
        }
        if (to != null) {
            put(bounds, "lt", to);
        }
        if (kind == Kind.DATE) {
            bounds.put("format", "epoch_millis");
        }
        return range;
    }

    private void put(ObjectNode bounds, String bound, long epochMillis) {
        switch (kind) {
            case DIGITS -> bounds.put(bound, String.format(Locale.ROOT, "%013d", Math.max(0, epochMillis)));
            // Without zone and fraction it comes before all texts of the same second, and one without seconds after all of its minute: the
            // whole minute in which a span ends is within it.
            case ISO -> bounds.put(bound,
                    LocalDateTime.ofInstant(Instant.ofEpochMilli(epochMillis + (bound.equals("lt") ? 59_999 : 0)), ZoneOffset.UTC)
                            .truncatedTo(bound.equals("lt") ? ChronoUnit.MINUTES : ChronoUnit.SECONDS)
                            .format(DateTimeFormatter.ISO_LOCAL_DATE_TIME));
            default -> bounds.put(bound, epochMillis);
        }
    }

    /** The order in which documents are read: by time, and among those of the same time by what the cluster tells them apart by. */
    ArrayNode sort(String tiebreak) {
        ArrayNode sort = JSON.arrayNode();
        if (kind != Kind.NONE) {
            // An index of the pattern that is still empty may not know the field.
            ObjectNode order = sort.addObject().putObject(name).put("order", "asc").put("unmapped_type", unmappedType());
            if (kind == Kind.DATE) {
                order.put("numeric_type", "date");
            }
        }
        sort.addObject().put(tiebreak, "asc");
        return sort;
    }

    private String unmappedType() {
        return switch (kind) {
            case DATE -> "date";
            case NUMBER -> "long";
            default -> "keyword";
        };
    }

    /** The time by which a document was ordered, epoch milliseconds; {@link Long#MIN_VALUE} where it can't be told. */
    long epochMillis(List<@Nullable Object> sort) {
        Object value = kind == Kind.NONE || sort.isEmpty() ? null : sort.getFirst();
        return switch (value) {
            case Long number -> number;
            case Double number -> number.longValue();
            case String text -> isOrdered(text) ? epochMillis(text) : Long.MIN_VALUE;
            case null, default -> Long.MIN_VALUE;
        };
    }

    /** The form of the texts that are ordered by time, as the cluster and Java both read it. */
    private Pattern pattern() {
        return kind == Kind.DIGITS ? DIGITS_PATTERN : ISO_PATTERN;
    }

    /** Texts of another form stand elsewhere than their time would. */
    private boolean isOrdered(String text) {
        return pattern().matcher(text).matches();
    }

    private static long epochMillis(String text) {
        try {
            return CreatedDateTime.epochMillis(FIELD, text);
        } catch (DoorstepException _) {
            // It will be a dead letter; here it has no time.
            return Long.MIN_VALUE;
        }
    }
}
