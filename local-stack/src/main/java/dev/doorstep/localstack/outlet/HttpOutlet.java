package dev.doorstep.localstack.outlet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The events endpoint of ingest-service. Thread-safe. */
public final class HttpOutlet implements Outlet {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final URI events;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final JsonMapper json = new JsonMapper();

    /**
     * Creates one.
     *
     * @param url of ingest-service, without a trailing slash
     */
    public HttpOutlet(String url) {
        this.events = URI.create(url + "/v1/events");
    }

    @Override
    public BitSet send(List<byte[]> documents) throws IOException, InterruptedException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (byte[] document : documents) {
            body.write(document);
            body.write('\n');
        }
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(events).header("Content-Type", "application/x-ndjson")
                .timeout(PATIENCE).POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray())).build(),
                HttpResponse.BodyHandlers.ofString());
        try {
            JsonNode receipts = json.readTree(response.body()).path("documents");
            BitSet acknowledged = new BitSet();
            for (int i = 0; i < documents.size(); i++) {
                acknowledged.set(i, !receipts.path(i).path("status").asString("unavailable").equals("unavailable"));
            }
            return acknowledged;
        } catch (JacksonException e) {
            throw new IOException(events + " answered " + response.statusCode() + ": " + response.body(), e);
        }
    }

    @Override
    public String source() {
        return "http";
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
