package dev.doorstep.ingestservice.elasticsearch;

import dev.doorstep.commonmodel.document.RawDocument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The answer to one search.
 *
 * @param body the answer's bytes
 * @param pit id of the point in time for the next request, where the answer has one
 * @param hits the documents' places, in the order of the answer
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record SearchPage(byte[] body, @Nullable String pit, List<Hit> hits) {
    private static final JsonFactory JSON = new JsonFactory();

    /**
     * One document's place.
     *
     * @param sort by what the cluster ordered it: numbers as {@link Long} or {@link Double}, texts, or null
     * @param start first byte of the hit in the body
     * @param end byte after its last one
     */
    record Hit(String index, String id, List<@Nullable Object> sort, int start, int end) {
        /** Where the document stands, for people and dead letters; the same however often it is read. */
        String position() {
            return index + "/" + id;
        }
    }

    /** A document of this page, as the answer has it. */
    RawDocument document(Hit hit) {
        return new RawDocument(body, hit.start(), hit.end() - hit.start(), 0, hit.start(), hit.end() - hit.start(), "", true, null);
    }

    /**
     * Reads an answer; the documents themselves are passed over.
     *
     * @throws SearchException when it is not complete: cut off, timed out, or without some shards
     */
    static SearchPage read(byte[] body) throws SearchException {
        List<Hit> hits = new ArrayList<>();
        String pit = null;
        boolean searched = false;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "pit_id" -> pit = parser.getString();
                    case "timed_out" -> {
                        if (parser.getBooleanValue()) {
                            throw new SearchException(504, "timed_out", "the cluster ran out of time and answered in part", null);
                        }
                    }
                    case "_shards" -> readShards(parser);
                    case "hits" -> {
                        readHits(parser, hits);
                        searched = true;
                    }
                    default -> parser.skipChildren();
                }
            }
            if (!searched || parser.currentToken() != JsonToken.END_OBJECT) {
                throw new SearchException(0, "", "the cluster's answer is no search response", null);
            }
        } catch (JacksonException e) {
            throw new SearchException(0, "", "the cluster's answer is no search response: " + e.getOriginalMessage(), e);
        }
        return new SearchPage(body, pit, hits);
    }

    private static void readShards(JsonParser parser) throws SearchException {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean failed = parser.currentName().equals("failed");
            parser.nextToken();
            if (failed && parser.getIntValue() > 0) {
                throw new SearchException(503, "partial", parser.getIntValue() + " shards did not answer", null);
            }
            parser.skipChildren();
        }
    }

    private static void readHits(JsonParser parser, List<Hit> hits) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            boolean documents = parser.currentName().equals("hits");
            parser.nextToken();
            if (documents) {
                while (parser.nextToken() == JsonToken.START_OBJECT) {
                    hits.add(readHit(parser));
                }
            } else {
                parser.skipChildren();
            }
        }
    }

    private static Hit readHit(JsonParser parser) {
        int start = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        String index = "";
        String id = "";
        List<@Nullable Object> sort = List.of();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "_index" -> index = parser.getString();
                case "_id" -> id = parser.getString();
                case "sort" -> sort = readSort(parser);
                default -> parser.skipChildren();
            }
        }
        return new Hit(index, id, sort, start, Math.toIntExact(parser.currentLocation().getByteOffset()));
    }

    private static List<@Nullable Object> readSort(JsonParser parser) {
        List<@Nullable Object> sort = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            sort.add(switch (token) {
                case VALUE_NUMBER_INT -> (Object) parser.getLongValue();
                case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
                case VALUE_STRING -> parser.getString();
                default -> null;
            });
        }
        return sort;
    }
}
