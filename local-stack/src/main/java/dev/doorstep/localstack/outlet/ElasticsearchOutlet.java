package dev.doorstep.localstack.outlet;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An index of Elasticsearch or OpenSearch, as a log shipper fills it. Thread-safe. */
public final class ElasticsearchOutlet implements Outlet {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final String url;
    private final String index;
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2))
            .build();
    private final JsonMapper json = new JsonMapper();

    /**
     * Creates one.
     *
     * @param url of a node, without a trailing slash
     */
    public ElasticsearchOutlet(String url, String index) {
        this.url = url;
        this.index = index;
    }

    /** Creates the index: whatever fields a document has, only its time is searched for. */
    public void createIndex() throws IOException, InterruptedException {
        ask("PUT", "/" + index, "{\"settings\":{\"number_of_shards\":3,\"number_of_replicas\":0},\"mappings\":{\"dynamic\":false,"
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
        JsonNode items = json.readTree(ask("POST", "/" + index + "/_bulk", bulk.toString())).path("items");
        BitSet acknowledged = new BitSet();
        for (int i = 0; i < items.size(); i++) {
            acknowledged.set(i, items.path(i).path("index").path("status").asInt() / 100 == 2);
        }
        return acknowledged;
    }

    /**
     * Asks the node.
     *
     * @param body JSON, or empty for none
     * @throws IOException when it does not answer as asked
     */
    public String ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).header("Content-Type", "application/json").timeout(PATIENCE)
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(method + " " + path + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    @Override
    public String source() {
        return "elasticsearch";
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
