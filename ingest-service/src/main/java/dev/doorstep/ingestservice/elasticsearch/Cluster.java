package dev.doorstep.ingestservice.elasticsearch;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A cluster whose product and mapping are known. Thread-safe. */
final class Cluster {
    private static final Logger log = LoggerFactory.getLogger(Cluster.class);
    private static final Duration MOST_SKEW = Duration.ofMinutes(1);
    private static final String SHARD_DOC = "_shard_doc";

    private final SearchClient client;
    private final ElasticsearchSettings settings;
    private final String index;
    private final Clock clock;
    private final Dialect dialect;
    private final TimeField field;
    private final String tiebreak;

    private Cluster(SearchClient client, ElasticsearchSettings settings, boolean begun, Clock clock) throws SearchException {
        this.client = client;
        this.settings = settings;
        this.index = Objects.requireNonNull(settings.index());
        this.clock = clock;
        this.dialect = dialect(client, settings);
        this.field = TimeField.of(client, index, begun);
        this.tiebreak = findTiebreak();
    }

    /**
     * Asks a cluster what it is and how the index is mapped.
     *
     * @param begun whether documents of it were read before, so that it is to be followed whatever came since
     * @throws SearchException when it can't be reached, does not let this in, or has no index that fits
     */
    static Cluster of(SearchClient client, ElasticsearchSettings settings, boolean begun, Clock clock) throws SearchException {
        return new Cluster(client, settings, begun, clock);
    }

    private static Dialect dialect(SearchClient client, ElasticsearchSettings settings) throws SearchException {
        return switch (settings.product()) {
            case ELASTICSEARCH -> Dialect.ELASTICSEARCH;
            case OPENSEARCH -> Dialect.OPENSEARCH;
            case AUTO -> {
                JsonNode version = client.ask("GET", "/", Map.of(), null).path("version");
                if (version.path("number").isMissingNode()) {
                    throw new SearchException(400, "no_product", client.name() + " is neither Elasticsearch nor OpenSearch, or hides it;"
                            + " name it with doorstep.ingest.elasticsearch.product", null);
                }
                yield version.path("distribution").asString("").equals("opensearch") ? Dialect.OPENSEARCH : Dialect.ELASTICSEARCH;
            }
        };
    }

    /** OpenSearch before 3.3 has no order within a point in time that costs nothing; there documents are told apart by their ids. */
    private String findTiebreak() throws SearchException {
        JsonNode opened = open();
        tellSkew(opened);
        String pit = dialect.opened(opened);
        try {
            ObjectNode request = JsonNodeFactory.instance.objectNode().put("size", 0);
            request.putObject("pit").put("id", pit).put("keep_alive", "10s");
            request.set("sort", field.sort(SHARD_DOC));
            client.search(request, false);
            return SHARD_DOC;
        } catch (SearchException e) {
            if (e.status() == 400 && String.valueOf(e.getMessage()).contains(SHARD_DOC)) {
                return "_id";
            }
            throw e;
        } finally {
            closePointInTime(pit);
        }
    }

    /** Its address, for people. */
    String name() {
        return client.name();
    }

    TimeField field() {
        return field;
    }

    /** Whether most texts are of another form than they were: an index that was empty said nothing of what would come. */
    boolean isOrderedOtherwise() throws SearchException {
        return !TimeField.of(client, index, true).equals(field);
    }

    String tiebreak() {
        return tiebreak;
    }

    String openPointInTime() throws SearchException {
        return dialect.opened(open());
    }

    private JsonNode open() throws SearchException {
        return client.ask("POST", dialect.openPath(index), dialect.openParameters(settings.keepAlive()), null);
    }

    /** OpenSearch tells when it opened a point in time. */
    private void tellSkew(JsonNode opened) {
        long theirs = opened.path("creation_time").asLong(clock.millis());
        Duration skew = Duration.ofMillis(theirs - clock.millis());
        if (skew.abs().compareTo(MOST_SKEW) > 0) {
            log.warn("the clock of {} is {} s {} this machine's; documents are told older or newer than they are by as much", name(),
                    skew.abs().toSeconds(), skew.isNegative() ? "behind" : "ahead of");
        }
    }

    /** It would be forgotten by itself; closing it early only spares the cluster. */
    void closePointInTime(String pit) {
        try {
            client.ask("DELETE", dialect.closePath(), Map.of(), dialect.closing(pit));
        } catch (SearchException e) {
            log.debug("a point in time was not closed: {}", e.getMessage());
        }
    }

    SearchPage search(ObjectNode request, boolean alone) throws SearchException {
        return client.search(request, alone);
    }
}
