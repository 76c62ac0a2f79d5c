package dev.doorstep.commonmodel.document;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.time.CreatedDateTime;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Reads an Elasticsearch hit, {@code {"_id", "_source": {"createdDateTime", …}}}, into a {@link ClickstreamDocument}. Unknown fields are
 * skipped; a known field of the wrong kind refuses the document, naming field and value. Thread-safe.
 */
public final class DocumentParser {
    static final int MAX_PRODUCTS = 500;

    private static final Pattern COUNTRY = Pattern.compile("[A-Za-z]{2}");
    private static final int MAX_DEPTH = 100;
    private static final int MAX_ID = 512;
    private static final int MAX_KEY = 256;
    private static final int MAX_NAME = 64;

    /** Put together once: a message needs one of them, and every document would make them all. */
    private static final List<ProductPaths> PRODUCT_PATHS = IntStream.range(0, MAX_PRODUCTS).mapToObj(i -> "_source.products[" + i + "]")
            .map(path -> new ProductPaths(path, path + ".sku", path + ".quantity", path + ".price", path + ".stock",
                    path + ".handlingClass"))
            .toList();

    private record ProductPaths(String product, String sku, String quantity, String price, String stock, String handlingClass) {}

    private final Clock clock;
    private final JsonFactory json = JsonFactory.builder()
            // Names come from strangers: they must not stay in the JVM's table of strings, and UTF-8 is the only encoding taken.
            .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES).disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).recyclerPool(JsonRecyclerPools.threadLocalPool())
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build()).build();

    /**
     * Creates a parser.
     *
     * @param clock decides how far ahead {@code createdDateTime} may lie
     */
    public DocumentParser(Clock clock) {
        this.clock = clock;
    }

    /** Parses one document; every way of being wrong is a {@link ParsedDocument.Refused}, never an exception. */
    public ParsedDocument parse(RawDocument raw) {
        if (raw.oversized()) {
            return new ParsedDocument.Refused(Refusal.tooLong(raw.totalLength()));
        }
        if (!raw.complete()) {
            return refused(ErrorCode.NOT_JSON, "the input ended inside the document that starts at byte " + raw.position());
        }
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), raw.array(), raw.offset(), raw.length())) {
            return new Reading(parser).read();
        } catch (DoorstepException e) {
            return new ParsedDocument.Refused(Refusal.of(e));
        } catch (StreamConstraintsException e) {
            boolean deep = e.getOriginalMessage().contains("nesting depth");
            return refused(deep ? ErrorCode.TOO_DEEP : ErrorCode.NOT_JSON, deep
                    ? "the document is nested more than " + MAX_DEPTH + " deep"
                    : message(e));
        } catch (JacksonException e) {
            return refused(e.getOriginalMessage().startsWith("Duplicate") ? ErrorCode.DUPLICATE_KEY : ErrorCode.NOT_JSON, message(e));
        }
    }

    private static String message(JacksonException e) {
        return DoorstepException.shown(e.getOriginalMessage()) + " at byte " + e.getLocation().getByteOffset() + " of the document";
    }

    private static ParsedDocument refused(ErrorCode code, String message) {
        return new ParsedDocument.Refused(new Refusal(code, null, null, message));
    }

    /** One pass over one document. */
    private final class Reading {
        private final JsonParser parser;
        private final FieldReader field;
        private @Nullable String id;
        private @Nullable String createdDateTime;
        private @Nullable String sessionId;
        private @Nullable String eventType;
        private @Nullable String customerKey;
        private @Nullable Shipping shipping;
        private final List<Product> products = new ArrayList<>();
        private int sourceOffset;
        private int sourceLength;

        Reading(JsonParser parser) {
            this.parser = parser;
            this.field = new FieldReader(parser);
        }

        ParsedDocument read() {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new DoorstepException(ErrorCode.NOT_JSON, "the document is not a JSON object");
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "_id" -> id = field.text("_id", MAX_ID);
                    case "_source" -> readSource();
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new DoorstepException(ErrorCode.NOT_JSON, "the document goes on after its closing bracket");
            }
            return finish();
        }

        private ParsedDocument finish() {
            if (id == null || id.isEmpty()) {
                throw new DoorstepException(ErrorCode.MISSING_ID, "_id", "_id is missing");
            }
            if (createdDateTime == null) {
                throw new DoorstepException(ErrorCode.MISSING_CREATED_DATE_TIME, "_source.createdDateTime",
                        "_source.createdDateTime is missing");
            }
            long epochMillis = CreatedDateTime.epochMillis("_source.createdDateTime", createdDateTime);
            CreatedDateTime.requireInRange("_source.createdDateTime", epochMillis, clock.instant());
            return new ParsedDocument.Usable(
                    new ClickstreamDocument(id, epochMillis, sessionId, eventType, customerKey, products, shipping), sourceOffset,
                    sourceLength);
        }

        private void readSource() {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                field.skipNullOrRefuse("_source", "an object");
                return;
            }
            sourceOffset = (int) parser.currentTokenLocation().getByteOffset();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken token = parser.nextToken();
                switch (name) {
                    case "createdDateTime" -> createdDateTime = timestamp(token);
                    case "sessionId" -> sessionId = field.key("_source.sessionId", MAX_KEY);
                    case "eventType" -> eventType = field.key("_source.eventType", MAX_NAME);
                    case "customerKey" -> customerKey = field.key("_source.customerKey", MAX_KEY);
                    case "products" -> readProducts();
                    case "shipping" -> readShipping();
                    default -> parser.skipChildren();
                }
            }
            sourceLength = (int) parser.currentLocation().getByteOffset() - sourceOffset;
        }

        private @Nullable String timestamp(JsonToken token) {
            return switch (token) {
                case VALUE_NULL -> null;
                case VALUE_NUMBER_INT, VALUE_STRING -> parser.getString();
                default -> throw DoorstepException.ofValue(ErrorCode.UNREADABLE_TIMESTAMP, "_source.createdDateTime",
                        "is neither epoch milliseconds nor ISO-8601 with an offset", field.shown());
            };
        }

        private void readProducts() {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                field.skipNullOrRefuse("_source.products", "an array");
                return;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (products.size() == MAX_PRODUCTS) {
                    throw new DoorstepException(ErrorCode.INVALID_FIELD, "_source.products",
                            "_source.products has more than " + MAX_PRODUCTS + " entries");
                }
                ProductPaths path = PRODUCT_PATHS.get(products.size());
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    throw DoorstepException.ofValue(ErrorCode.INVALID_FIELD, path.product(), "is not an object", field.shown());
                }
                products.add(readProduct(path));
            }
        }

        private Product readProduct(ProductPaths path) {
            String sku = null;
            Integer quantity = null;
            Double price = null;
            Integer stock = null;
            String handlingClass = null;
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "sku" -> sku = field.key(path.sku(), MAX_KEY);
                    case "quantity" -> quantity = field.integer(path.quantity(), 0, 1_000_000);
                    case "price" -> price = field.price(path.price());
                    case "stock" -> stock = field.integer(path.stock(), -1_000_000_000, 1_000_000_000);
                    case "handlingClass" -> handlingClass = field.key(path.handlingClass(), MAX_NAME);
                    default -> parser.skipChildren();
                }
            }
            if (sku == null) {
                throw new DoorstepException(ErrorCode.INVALID_FIELD, path.sku(), path.sku() + " is missing");
            }
            return new Product(sku, quantity == null ? 1 : quantity, price, stock, handlingClass);
        }

        private void readShipping() {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                field.skipNullOrRefuse("_source.shipping", "an object");
                return;
            }
            String country = null;
            String postalCode = null;
            String method = null;
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "country" -> country = country(field.key("_source.shipping.country", MAX_NAME));
                    case "postalCode" -> postalCode = field.key("_source.shipping.postalCode", MAX_NAME);
                    case "method" -> method = field.key("_source.shipping.method", MAX_NAME);
                    default -> parser.skipChildren();
                }
            }
            shipping = country == null && postalCode == null && method == null ? null : new Shipping(country, postalCode, method);
        }

        private @Nullable String country(@Nullable String text) {
            if (text != null && !COUNTRY.matcher(text).matches()) {
                throw DoorstepException.ofValue(ErrorCode.INVALID_FIELD, "_source.shipping.country", "is not a two-letter country code",
                        text);
            }
            return text == null ? null : text.toUpperCase(Locale.ROOT);
        }
    }
}
