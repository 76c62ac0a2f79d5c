package dev.doorstep.ingestservice.elasticsearch;

import dev.doorstep.localparts.OpenSearchNode;
import java.util.function.LongFunction;

/** What tests do to a real cluster. */
public final class Index {
    /** Time of the first document that {@link #fill} adds, epoch milliseconds. */
    public static final long AT = 1731880381293L;

    private final OpenSearchNode node;

    public Index(OpenSearchNode node) {
        this.node = node;
    }

    /** Creates an index whose {@code createdDateTime} is mapped as given, as JSON. */
    void create(String name, String mapping) throws Exception {
        ask("PUT", "/" + name,
                "{\"settings\":{\"number_of_shards\":3,\"number_of_replicas\":0},\"mappings\":{\"properties\":{\"createdDateTime\":"
                        + mapping + "}}}");
    }

    /** Adds documents {@code PREFIX-FROM} to {@code PREFIX-(TO-1)}, a second apart, whose time is formatted as given, and makes them visible. */
    public void fill(String name, String prefix, int from, int to, LongFunction<String> time) throws Exception {
        StringBuilder bulk = new StringBuilder();
        for (int i = from; i < to; i++) {
            bulk.append("{\"index\":{\"_id\":\"").append(prefix).append('-').append(i).append("\"}}\n{\"createdDateTime\":")
                    .append(time.apply(AT + i * 1_000L)).append(",\"sessionId\":\"s").append(i % 7).append("\"}\n");
        }
        ask("POST", "/" + name + "/_bulk?refresh=true", bulk.toString());
    }

    public void put(String name, String id, String source) throws Exception {
        ask("PUT", "/" + name + "/_doc/" + id + "?refresh=true", source);
    }

    void ask(String method, String path, String body) throws Exception {
        String answer = node.ask(method, path, body);
        if (answer.contains("\"errors\":true")) {
            throw new IllegalStateException(method + " " + path + ": " + answer);
        }
    }
}
