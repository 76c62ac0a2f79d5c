package dev.doorstep.localparts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A real OpenSearch node in a child JVM whose class path is that of the module local-opensearch. It keeps its data when it is started
 * again. Its port takes plain HTTP from anybody on this machine.
 */
public final class OpenSearchNode extends LocalNode {
    private static final String MAIN = "dev.doorstep.localopensearch.OpenSearchMain";

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(2))
            .build();

    private OpenSearchNode(String classPath, Path directory, int port) {
        super(port, () -> ChildProcess.startMain("opensearch", MAIN, classPath,
                List.of("-Xmx640m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"),
                List.of(directory.resolve("opensearch").toString(), Integer.toString(port)), directory));
    }

    /**
     * Starts a node on a free port; returns when it listens.
     *
     * @param root folder of the built project
     * @throws IllegalStateException when the module local-opensearch is not built
     */
    public static OpenSearchNode start(Path root, Path directory) {
        Path target = root.resolve("local-opensearch").resolve("target").toAbsolutePath();
        Path libraries = target.resolve("classpath");
        if (!Files.exists(libraries)) {
            throw new IllegalStateException("local-opensearch is not built: " + libraries + " is missing");
        }
        try {
            return new OpenSearchNode(target.resolve("classes") + ":" + Files.readString(libraries), directory, Ports.free());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Asks it by its REST interface.
     *
     * @param body JSON, or empty for none
     * @return the answer's body
     * @throws IOException when it does not answer, or with an error
     */
    public String ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(endpoint() + path)).header("Content-Type", "application/json")
                .timeout(PATIENCE)
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(method + " " + path + " answered " + response.statusCode() + ": " + response.body());
        }
        return response.body();
    }
}
