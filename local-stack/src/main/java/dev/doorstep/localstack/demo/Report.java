package dev.doorstep.localstack.demo;

import dev.doorstep.localstack.stack.Service;
import dev.doorstep.localstack.stack.Stack;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Prints what the demo did, for a person or as JSON lines. */
final class Report {
    private static final String ROW = "%-10s %-13s %4s %4s %5s  %-9s %-11s %-11s %5s  %-14s %s%n";

    private final Stack stack;
    private final PrintStream out;
    private final JsonMapper json = new JsonMapper();

    Report(Stack stack, PrintStream out) {
        this.stack = stack;
        this.out = out;
    }

    void json(Replay.Session session) {
        ObjectNode line = json.createObjectNode();
        line.put("id", session.id());
        line.put("sessionId", session.sessionId());
        line.set("features", session.features());
        line.set("prediction", session.prediction());
        out.println(line);
    }

    void table(List<Replay.Session> sessions) {
        out.println();
        out.printf(Locale.ROOT, ROW, "event", "type", "day", "week", "hour", "to", "service", "arrives by", "sure", "basis", "because");
        for (Replay.Session session : sessions) {
            JsonNode source = session.document().path("_source");
            JsonNode features = session.features();
            JsonNode prediction = session.prediction();
            List<String> reasons = new ArrayList<>();
            prediction.path("reasonCodes").forEach(reason -> reasons.add(reason.asString().toLowerCase(Locale.ROOT).replace('_', ' ')));
            out.printf(Locale.ROOT, ROW, session.id().substring(0, 8), source.path("eventType").asString(),
                    features.path("day_of_year").asInt(), features.path("day_of_week").asInt(), features.path("hour_of_day").asInt(),
                    source.path("shipping").path("country").asString() + " " + source.path("shipping").path("postalCode").asString(),
                    prediction.path("service").asString(), prediction.path("deliveryDate").asString(),
                    Math.round(prediction.path("probability").asDouble() * 100) + " %", prediction.path("basis").asString(),
                    String.join(", ", reasons));
        }
    }

    void promise(JsonNode promise) {
        out.println();
        out.println("Promised " + promise.path("deliveryDate").asString() + " to " + promise.path("orderId").asString() + ": "
                + stack.url(Service.PREDICTION) + "/v1/promises/" + promise.path("promiseId").asString());
    }

    void addresses() {
        out.println();
        for (Service service : Service.ALL) {
            out.printf(Locale.ROOT, "%-19s API %s/swagger-ui.html  health %s/actuator/health  metrics %s/actuator/prometheus%n",
                    service.module(), stack.url(service), stack.managementUrl(service), stack.managementUrl(service));
        }
        out.println("Operators' token: " + stack.operator().token());
    }

    void curl(Replay replay) throws IOException, InterruptedException {
        String body = """
                      {"destination": {"country": "US", "postalCode": "94110"}, "items": [{"sku": "LMP-2041", "quantity": 1}]}""";
        out.println();
        out.println("curl -s " + stack.url(Service.PREDICTION) + "/v1/predictions -H 'Content-Type: application/json' -d '" + body + "'");
        out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(replay.post("/v1/predictions", body)));
    }
}
