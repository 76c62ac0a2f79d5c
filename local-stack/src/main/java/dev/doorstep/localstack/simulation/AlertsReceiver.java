package dev.doorstep.localstack.simulation;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The webhook that prediction-service's alerts are sent to. Thread-safe. */
final class AlertsReceiver implements AutoCloseable {
    private final HttpServer server;
    private final List<JsonNode> received = new CopyOnWriteArrayList<>();

    private AlertsReceiver(HttpServer server) {
        this.server = server;
    }

    static AlertsReceiver start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AlertsReceiver receiver = new AlertsReceiver(server);
        JsonMapper json = JsonMapper.builder().build();
        server.createContext("/", exchange -> {
            receiver.received.add(json.readTree(exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return receiver;
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    /** About a version of the model, in the order in which they came. */
    Stream<JsonNode> about(String version) {
        return received.stream().filter(alert -> alert.path("version").asString().equals(version));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
