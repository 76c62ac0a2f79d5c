package dev.doorstep.localstack.simulation;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a person does on the management port of prediction-service. Thread-safe. */
public final class Operators {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = JsonMapper.builder().build();
    private final String management;
    private final String token;

    /**
     * An operator.
     *
     * @param management where the management port answers
     * @param token bearer token with the role
     */
    public Operators(String management, String token) {
        this.management = management;
        this.token = token;
    }

    /** Registers a bundle. */
    public void register(String digest) throws IOException, InterruptedException {
        ask("POST", "/v1/models", "{\"digest\":\"" + digest + "\"}");
    }

    /**
     * Starts a rollout; its id.
     *
     * @param strategy shadow, canary, linear or blue-green
     * @param steps as JSON, or null for the usual ones
     */
    public String start(String version, String strategy, @Nullable String steps) throws IOException, InterruptedException {
        return ask("POST", "/v1/rollouts", "{\"version\":\"" + version + "\",\"strategy\":\"" + strategy + "\""
                + (steps == null ? "" : ",\"steps\":" + steps) + "}").path("rollout").path("rolloutId").asString();
    }

    /** The state of a rollout. */
    public String state(String rolloutId) throws IOException, InterruptedException {
        return rollout(rolloutId).path("rollout").path("state").asString();
    }

    /** A rollout's report. */
    public JsonNode rollout(String rolloutId) throws IOException, InterruptedException {
        return ask("GET", "/v1/rollouts/" + rolloutId, null);
    }

    /** Whether a rollout can still change by itself. */
    boolean isOpen(String rolloutId) throws IOException, InterruptedException {
        for (JsonNode each : ask("GET", "/v1/rollouts", null)) {
            if (each.path("rollout").path("rolloutId").asString().equals(rolloutId)) {
                return true;
            }
        }
        return false;
    }

    /** The entries of the history that belong to a rollout, the first one first. */
    public List<JsonNode> history(String rolloutId) throws IOException, InterruptedException {
        List<JsonNode> entries = new ArrayList<>();
        for (JsonNode entry : ask("GET", "/v1/history?limit=200", null)) {
            if (entry.path("rolloutId").asString("").equals(rolloutId)) {
                entries.addFirst(entry);
            }
        }
        return entries;
    }

    /** The version that serves; empty before the registry has begun. */
    public String active() throws IOException, InterruptedException {
        return ask("GET", "/v1/history?limit=1", null).path(0).path("serving").path("active").path("version").asString();
    }

    /** Goes back to where a simulation starts. */
    public void reset(String version, String candidate) throws IOException, InterruptedException {
        for (JsonNode each : ask("GET", "/v1/rollouts", null)) {
            ask("POST", "/v1/rollouts/" + each.path("rollout").path("rolloutId").asString() + "/abort", null);
        }
        ask("DELETE", "/v1/blocks/" + version, null);
        ask("DELETE", "/v1/blocks/" + candidate, null);
        ask("POST", "/v1/rollbacks", "{\"to\":\"" + version + "\",\"reason\":\"a simulation begins\"}");
        ask("DELETE", "/v1/blocks/" + candidate, null);
    }

    private JsonNode ask(String method, String path, @Nullable String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(management + path)).timeout(TIMEOUT)
                .header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(method + " " + path + " answers " + response.statusCode() + ": " + response.body());
        }
        return json.readTree(response.body());
    }
}
