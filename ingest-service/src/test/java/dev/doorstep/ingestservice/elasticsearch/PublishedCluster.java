package dev.doorstep.ingestservice.elasticsearch;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands in for the products that can't be run here. It answers with the shapes that their reference documentation publishes, to requests
 * of the shapes published there, and to others with an error; it holds three documents of one time.
 */
final class PublishedCluster implements AutoCloseable {
    /** The products by their published interfaces. */
    enum Kind {
        ELASTICSEARCH_8("8.19.4", "\"build_flavor\":\"default\",", "/clicks/_pit", "id", "/_pit", "{\"id\":\"pit-1\"}",
                true), ELASTICSEARCH_9("9.2.0", "\"build_flavor\":\"default\",", "/clicks/_pit", "id", "/_pit", "{\"id\":\"pit-1\"}",
                        true), OPENSEARCH_2("2.19.0", "\"distribution\":\"opensearch\",", "/clicks/_search/point_in_time", "pit_id",
                                "/_search/point_in_time",
                                "{\"pit_id\":[\"pit-1\"]}", false);

        private final String number;
        private final String flavour;
        private final String openPath;
        private final String idField;
        private final String closePath;
        private final String closeBody;
        private final boolean shardDoc;

        Kind(String number, String flavour, String openPath, String idField, String closePath, String closeBody, boolean shardDoc) {
            this.number = number;
            this.flavour = flavour;
            this.openPath = openPath;
            this.idField = idField;
            this.closePath = closePath;
            this.closeBody = closeBody;
            this.shardDoc = shardDoc;
        }
    }

    /** A request as it arrived. */
    record Seen(String method, String uri, com.sun.net.httpserver.Headers headers, String body) {}

    private final Kind kind;
    private final HttpServer server;
    private final JsonMapper json = new JsonMapper();
    private final List<Seen> requests = new CopyOnWriteArrayList<>();
    private volatile @Nullable String refusal;
    private volatile int refusalStatus;

    PublishedCluster(Kind kind, @Nullable SSLContext ssl) throws IOException {
        this.kind = kind;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        if (ssl == null) {
            this.server = HttpServer.create(address, 0);
        } else {
            HttpsServer secure = HttpsServer.create(address, 0);
            secure.setHttpsConfigurator(new HttpsConfigurator(ssl));
            this.server = secure;
        }
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://localhost:" + server.getAddress().getPort();
    }

    List<Seen> requests() {
        return requests;
    }

    /** From now on everything is answered so. */
    void refuse(int status, String body) {
        refusalStatus = status;
        refusal = body;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        Seen seen = new Seen(exchange.getRequestMethod(), exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body);
        requests.add(seen);
        String refused = refusal;
        int status = refused == null ? 200 : refusalStatus;
        String answer = refused == null ? answer(seen, exchange.getRequestURI().getPath()) : refused;
        if (answer.startsWith("{\"error\"")) {
            status = json.readTree(answer).path("status").asInt();
        }
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String answer(Seen seen, String path) {
        String what = seen.method() + " " + path;
        if (what.equals("GET /")) {
            return "{\"name\":\"node-1\",\"cluster_name\":\"logs\",\"cluster_uuid\":\"u\",\"version\":{" + kind.flavour + "\"number\":\""
                    + kind.number + "\"},\"tagline\":\"published\"}";
        }
        if (what.equals("GET /clicks/_field_caps")) {
            return """
                   {"indices":["clicks"],"fields":{"createdDateTime":{"date":{"type":"date","metadata_field":false,"searchable":true,
                    "aggregatable":true}}}}""";
        }
        if (what.equals("POST " + kind.openPath) && seen.uri().contains("keep_alive=120s")) {
            // Elasticsearch does not tell when.
            String creation = kind == Kind.OPENSEARCH_2 ? ",\"creation_time\":" + Clock.systemUTC().millis() : "";
            return "{\"" + kind.idField + "\":\"pit-1\",\"_shards\":{\"total\":1,\"successful\":1,\"skipped\":0,\"failed\":0}" + creation
                    + "}";
        }
        if (what.equals("DELETE " + kind.closePath) && seen.body().equals(kind.closeBody)) {
            return "{\"succeeded\":true,\"num_freed\":1}";
        }
        if (what.equals("POST /_search")) {
            return search(json.readTree(seen.body()));
        }
        return error(400, "illegal_argument_exception", "no such request: " + what + " " + seen.body());
    }

    private String search(JsonNode body) {
        if (!body.path("pit").path("id").asString("").startsWith("pit-")) {
            return error(404, "search_context_missing_exception", "No search context found for id [1]");
        }
        JsonNode tiebreak = body.path("sort").path(1);
        if (tiebreak.has("_shard_doc") && !kind.shardDoc) {
            return error(400, "query_shard_exception", "No mapping found for [_shard_doc] in order to sort on");
        }
        boolean byId = tiebreak.has("_id");
        int from = !body.has("search_after")
                ? 0
                : byId
                        ? body.path("search_after").path(1).asString().charAt(0) - 'a' + 1
                        : body.path("search_after").path(1).asInt() + 1;
        StringBuilder hits = new StringBuilder();
        for (int i = from; i < Math.min(3, from + body.path("size").asInt()); i++) {
            char id = (char) ('a' + i);
            hits.append(hits.isEmpty() ? "" : ",").append("{\"_index\":\"clicks\",\"_id\":\"").append(id)
                    .append("\",\"_score\":null,\"_source\":{\"createdDateTime\":").append(Index.AT)
                    .append("},\"sort\":[").append(Index.AT).append(',').append(byId ? "\"" + id + "\"" : i).append("]}");
        }
        return "{\"pit_id\":\"pit-1\",\"took\":17,\"timed_out\":false,\"_shards\":{\"total\":1,\"successful\":1,\"skipped\":0,\"failed\":0},"
                + "\"hits\":{\"max_score\":null,\"hits\":[" + hits + "]}}";
    }

    private static String error(int status, String type, String reason) {
        String cause = "{\"type\":\"" + type + "\",\"reason\":\"" + reason.replace("\"", "'") + "\"}";
        return "{\"error\":{\"root_cause\":[" + cause
                + "],\"type\":\"search_phase_execution_exception\",\"reason\":\"all shards failed\"},\"status\":"
                + status + "}";
    }
}
