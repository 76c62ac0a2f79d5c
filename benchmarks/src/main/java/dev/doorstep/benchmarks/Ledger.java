package dev.doorstep.benchmarks;

import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Stack;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** What ingest-service says has come in. */
final class Ledger {
    private final Stack stack;
    private final HttpClient http = HttpClient.newHttpClient();

    Ledger(Stack stack) {
        this.stack = stack;
    }

    /** Documents that a source has brought. */
    long received(String source) throws IOException, InterruptedException {
        return stack.ledger().path("sources").path(source).path("received").asLong();
    }

    /** The same by the counter that a scrape reads, which costs the service nothing. */
    long counted(String source) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(stack.managementUrl(Service.INGEST) + "/actuator/prometheus")).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body().lines()
                .filter(line -> line.startsWith("doorstep_ingest_documents_total{") && line.contains("source=\"" + source + "\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    /** Events that are not in the store yet. */
    long inFlight() throws IOException, InterruptedException {
        return stack.ledger().path("total").path("inFlight").asLong();
    }
}
