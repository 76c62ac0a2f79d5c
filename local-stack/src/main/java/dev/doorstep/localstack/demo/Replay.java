package dev.doorstep.localstack.demo;

import dev.doorstep.localstack.outlet.Outlet;
import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Source;
import dev.doorstep.localstack.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Sends the sample sessions in as documents and asks for what comes out, over public interfaces alone. */
final class Replay {
    private static final Duration FEATURES_TIMEOUT = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 50;

    private final Stack stack;
    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();
    private final List<Session> sessions = new ArrayList<>();

    /** One sample session: its document, its features, what was asked and what was answered. */
    record Session(JsonNode document, JsonNode features, ObjectNode request, JsonNode prediction) {
        String id() {
            return document.path("_id").asString();
        }

        String sessionId() {
            return document.path("_source").path("sessionId").asString();
        }
    }

    Replay(Stack stack, Source source, Path sample) throws IOException, InterruptedException {
        this.stack = stack;
        byte[] body = Files.readAllBytes(sample);
        List<byte[]> documents = new ArrayList<>();
        json.readTree(body).forEach(document -> documents.add(json.writeValueAsBytes(document)));
        try (Outlet outlet = stack.outlet(source)) {
            if (outlet.send(documents).cardinality() < documents.size()) {
                throw new IllegalStateException("not all of " + sample + " was taken by " + outlet.source());
            }
        }
        for (JsonNode document : json.readTree(body)) {
            JsonNode features = awaitFeatures(document.path("_id").asString());
            ObjectNode request = request(document);
            sessions.add(new Session(document, features, request, post("/v1/predictions", request.toString())));
        }
    }

    List<Session> sessions() {
        return sessions;
    }

    /** Turns the first session's answer into a promise. */
    JsonNode promise() throws IOException, InterruptedException {
        ObjectNode request = json.createObjectNode();
        request.put("token", sessions.getFirst().prediction().path("token").asString());
        // Each run is an order of its own, since promises outlive a run that keeps its data.
        request.put("orderId", "order-" + sessions.getFirst().prediction().path("predictionId").asString());
        return post("/v1/promises", request.toString());
    }

    /** Asks the prediction-service. */
    JsonNode post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(HttpRequest.newBuilder(URI.create(stack.url(Service.PREDICTION) + path))
                .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(path + " answered " + response.statusCode() + ": " + response.body());
        }
        return json.readTree(response.body());
    }

    private JsonNode awaitFeatures(String eventId) throws IOException, InterruptedException {
        URI uri = URI.create(stack.url(Service.FEATURE) + "/v1/features/" + URLEncoder.encode(eventId, StandardCharsets.UTF_8));
        long deadline = System.nanoTime() + FEATURES_TIMEOUT.toNanos();
        while (true) {
            HttpResponse<String> response = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 200) {
                return json.readTree(response.body()).path("features");
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("no features of " + eventId + ": " + response.body());
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private ObjectNode request(JsonNode document) {
        JsonNode source = document.path("_source");
        ObjectNode request = json.createObjectNode();
        ObjectNode destination = request.putObject("destination");
        destination.set("country", source.path("shipping").path("country"));
        destination.set("postalCode", source.path("shipping").path("postalCode"));
        ArrayNode items = request.putArray("items");
        for (JsonNode product : source.path("products")) {
            ObjectNode item = items.addObject();
            item.set("sku", product.path("sku"));
            item.set("quantity", product.path("quantity"));
        }
        request.set("sessionId", source.path("sessionId"));
        return request;
    }
}
