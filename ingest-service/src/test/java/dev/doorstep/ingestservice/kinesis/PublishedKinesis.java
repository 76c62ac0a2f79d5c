package dev.doorstep.ingestservice.kinesis;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import software.amazon.eventstream.HeaderValue;
import software.amazon.eventstream.Message;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Stands in for Kinesis with enhanced fan-out, which no emulator has: a stream of one shard by the shapes of the API reference, with
 * {@code SubscribeToShard} answered as an event stream over HTTP/1.1. A subscription ends after ten records, as Kinesis ends one after
 * five minutes; what follows has to be asked for anew.
 */
final class PublishedKinesis implements AutoCloseable {
    private static final String ARN = "arn:aws:kinesis:eu-central-1:123456789012:stream/fanned";
    private static final int RECORDS = 20;
    private static final int RECORDS_PER_SUBSCRIPTION = 10;

    private final HttpServer server;
    private final JsonMapper json = new JsonMapper();
    private final List<JsonNode> subscriptions = new CopyOnWriteArrayList<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean registered;

    PublishedKinesis() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String endpoint() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Bodies of the subscriptions as they were asked for. */
    List<JsonNode> subscriptions() {
        return subscriptions;
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String operation = exchange.getRequestHeaders().getFirst("X-Amz-Target").replace("Kinesis_20131202.", "");
        JsonNode body = json.readTree(exchange.getRequestBody().readAllBytes());
        if (operation.equals("SubscribeToShard")) {
            subscriptions.add(body);
            push(exchange, body);
            return;
        }
        String answer = switch (operation) {
            case "DescribeStreamSummary" ->
                """
                {"StreamDescriptionSummary":{"StreamName":"fanned","StreamARN":"%s","StreamStatus":"ACTIVE",
                 "OpenShardCount":1,"RetentionPeriodHours":24,"EnhancedMonitoring":[],"StreamCreationTimestamp":1.7E9}}"""
                        .formatted(ARN);
            case "ListShards" -> """
                                 {"Shards":[{"ShardId":"shardId-000000000000",
                                  "HashKeyRange":{"StartingHashKey":"0","EndingHashKey":"340282366920938463463374607431768211455"},
                                  "SequenceNumberRange":{"StartingSequenceNumber":"1000"}}]}""";
            case "RegisterStreamConsumer" -> {
                registered = true;
                yield "{\"Consumer\":" + consumer("CREATING", body.path("ConsumerName").asString()) + "}";
            }
            case "DescribeStreamConsumer" -> registered
                    ? "{\"ConsumerDescription\":" + consumer("ACTIVE", body.path("ConsumerName").asString("app-fanned")) + "}"
                    : "{\"__type\":\"ResourceNotFoundException\",\"message\":\"Consumer not found\"}";
            default -> "{\"__type\":\"UnknownOperationException\",\"message\":\"" + operation + "\"}";
        };
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
        exchange.sendResponseHeaders(answer.startsWith("{\"__type\"") ? 400 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static String consumer(String status, String name) {
        return "{\"ConsumerName\":\"" + name + "\",\"ConsumerARN\":\"" + ARN + "/consumer/" + name + ":1\",\"ConsumerStatus\":\"" + status
                + "\",\"ConsumerCreationTimestamp\":1.7E9,\"StreamARN\":\"" + ARN + "\"}";
    }

    /** Sequence numbers count from 1000. */
    private void push(HttpExchange exchange, JsonNode request) throws IOException {
        JsonNode position = request.path("StartingPosition");
        int from = switch (position.path("Type").asString()) {
            case "TRIM_HORIZON" -> 0;
            case "AT_SEQUENCE_NUMBER" -> position.path("SequenceNumber").asInt() - 1000;
            case "AFTER_SEQUENCE_NUMBER" -> position.path("SequenceNumber").asInt() - 999;
            default -> throw new IOException("no position of this kind: " + position);
        };
        exchange.getResponseHeaders().add("Content-Type", "application/vnd.amazon.eventstream");
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        event(out, "initial-response", "{}");
        int to = Math.min(RECORDS, from + RECORDS_PER_SUBSCRIPTION);
        StringBuilder records = new StringBuilder();
        for (int i = from; i < to; i++) {
            records.append(records.isEmpty() ? "" : ",").append("{\"ApproximateArrivalTimestamp\":1.7E9,\"Data\":\"")
                    .append(Base64.getEncoder().encodeToString(Stream.utf8(Stream.document(i))))
                    .append("\",\"PartitionKey\":\"k\",\"SequenceNumber\":\"")
                    .append(1000 + i).append("\"}");
        }
        event(out, "SubscribeToShardEvent",
                "{\"ContinuationSequenceNumber\":\"" + (999 + to) + "\",\"MillisBehindLatest\":0,\"Records\":[" + records + "]}");
        if (from < RECORDS) {
            exchange.close();
            return;
        }
        try {
            closed.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    private static void event(OutputStream out, String type, String payload) throws IOException {
        Message message = new Message(Map.of(":message-type", HeaderValue.fromString("event"), ":event-type", HeaderValue.fromString(type),
                ":content-type", HeaderValue.fromString("application/x-amz-json-1.1")), payload.getBytes(StandardCharsets.UTF_8));
        message.encode(out);
        out.flush();
    }
}
