package dev.doorstep.ingestservice.elasticsearch;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** What tests do to a real cluster, by its REST interface. */
final class Index {
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String endpoint;

    Index(String endpoint) {
        this.endpoint = endpoint;
    }

    /** Creates an index whose {@code createdDateTime} is mapped as given, as JSON. */
    void create(String name, String mapping) throws Exception {
        ask("PUT", "/" + name,
                "{\"settings\":{\"number_of_shards\":3,\"number_of_replicas\":0},\"mappings\":{\"properties\":{\"createdDateTime\":"
                        + mapping + "}}}");
    }

    /** Adds documents {@code PREFIX-FROM} to {@code PREFIX-(TO-1)}, a second apart, whose time is formatted as given, and makes them visible. */
    void fill(String name, String prefix, int from, int to, java.util.function.LongFunction<String> time) throws Exception {
        StringBuilder bulk = new StringBuilder();
        for (int i = from; i < to; i++) {
            bulk.append("{\"index\":{\"_id\":\"").append(prefix).append('-').append(i).append("\"}}\n{\"createdDateTime\":")
                    .append(time.apply(ElasticsearchSourceTest.AT + i * 1_000L)).append(",\"sessionId\":\"s").append(i % 7).append("\"}\n");
        }
        ask("POST", "/" + name + "/_bulk?refresh=true", bulk.toString());
    }

    void put(String name, String id, String source) throws Exception {
        ask("PUT", "/" + name + "/_doc/" + id + "?refresh=true", source);
    }

    String ask(String method, String path, @Nullable String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint + path)).header("Content-Type", "application/json")
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2 || response.body().contains("\"errors\":true")) {
            throw new IllegalStateException(method + " " + path + ": " + response.body());
        }
        return response.body();
    }
}
