package dev.doorstep.ingestservice.elasticsearch;

import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What Elasticsearch (from 8.0) and OpenSearch (from 2.4) call differently: how a point in time is opened and closed. */
enum Dialect {
    ELASTICSEARCH("_pit", "id") {
        @Override
        Map<String, String> openParameters(Duration keepAlive) {
            return Map.of("keep_alive", keepAlive.toSeconds() + "s");
        }

        @Override
        ObjectNode closing(String pit) {
            return JsonNodeFactory.instance.objectNode().put("id", pit);
        }
    },
    OPENSEARCH("_search/point_in_time", "pit_id") {
        @Override
        Map<String, String> openParameters(Duration keepAlive) {
            // By default it would leave out shards that are away, and say nothing.
            return Map.of("keep_alive", keepAlive.toSeconds() + "s", "allow_partial_pit_creation", "false");
        }

        @Override
        ObjectNode closing(String pit) {
            ObjectNode body = JsonNodeFactory.instance.objectNode();
            body.putArray("pit_id").add(pit);
            return body;
        }
    };

    private final String path;
    private final String idField;

    Dialect(String path, String idField) {
        this.path = path;
        this.idField = idField;
    }

    /** Parameters of the request that opens a point in time; shards that are away are to be an error. */
    abstract Map<String, String> openParameters(Duration keepAlive);

    /** Body of the request that closes a point in time. */
    abstract ObjectNode closing(String pit);

    String openPath(String index) {
        return "/" + index + "/" + path;
    }

    String closePath() {
        return "/" + path;
    }

    /** The id of a point in time in the answer to its opening. */
    String opened(JsonNode answer) {
        return answer.path(idField).asString();
    }
}
