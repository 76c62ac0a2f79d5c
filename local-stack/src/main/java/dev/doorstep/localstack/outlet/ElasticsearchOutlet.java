package dev.doorstep.localstack.outlet;

import dev.doorstep.localparts.OpenSearchNode;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An index of OpenSearch, as a log shipper fills it. Thread-safe. */
public final class ElasticsearchOutlet implements Outlet {
    private final OpenSearchNode node;
    private final String index;
    private final JsonMapper json = new JsonMapper();

    public ElasticsearchOutlet(OpenSearchNode node, String index) {
        this.node = node;
        this.index = index;
    }

    /** Creates the index where it is not there yet: whatever fields a document has, only its time is searched for. */
    public void createIndex() throws IOException, InterruptedException {
        if (node.ask("GET", "/_cat/indices?format=json", "").contains("\"" + index + "\"")) {
            return;
        }
        node.ask("PUT", "/" + index, "{\"settings\":{\"number_of_shards\":3,\"number_of_replicas\":0},\"mappings\":{\"dynamic\":false,"
                + "\"properties\":{\"createdDateTime\":{\"type\":\"date\"}}}}");
    }

    @Override
    public BitSet send(List<byte[]> documents) throws IOException, InterruptedException {
        StringBuilder bulk = new StringBuilder();
        for (byte[] document : documents) {
            JsonNode tree = json.readTree(document);
            bulk.append("{\"index\":{\"_id\":").append(json.writeValueAsString(tree.path("_id").asString())).append("}}\n")
                    .append(tree.path("_source")).append('\n');
        }
        JsonNode items = json.readTree(node.ask("POST", "/" + index + "/_bulk", bulk.toString())).path("items");
        BitSet acknowledged = new BitSet();
        for (int i = 0; i < items.size(); i++) {
            acknowledged.set(i, items.path(i).path("index").path("status").asInt() / 100 == 2);
        }
        return acknowledged;
    }

    @Override
    public String source() {
        return "elasticsearch";
    }

    @Override
    public void close() {
        // The node's own client is all that it uses.
    }
}
