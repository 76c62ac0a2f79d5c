package dev.doorstep.predictionservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.feature.SessionFeatures;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.commonmodel.message.FeaturesChanged;
import dev.doorstep.commonmodel.message.MessageCodec;
import dev.doorstep.commonmodel.message.PredictionServed;
import dev.doorstep.commonmodel.message.Topics;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.featurestore.DeadLetterSeal;
import dev.doorstep.featurestore.DeadLetterStore;
import dev.doorstep.featurestore.Effects;
import dev.doorstep.featurestore.EffectsWriter;
import dev.doorstep.featurestore.Originals;
import dev.doorstep.featurestore.PartitionId;
import dev.doorstep.featurestore.Progress;
import dev.doorstep.featurestore.SubjectEraser;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.localparts.DynamoDbNode;
import dev.doorstep.localparts.KafkaNode;
import dev.doorstep.predictionservice.journal.ServedJournal;
import dev.doorstep.predictionservice.serving.LoadedModel;
import dev.doorstep.predictionservice.serving.OrderObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalManagementPort;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = {"management.server.port=0",
        "doorstep.store.create-tables=true", "doorstep.store.call-timeout=2s", "doorstep.prediction.feature-budget=400ms",
        "doorstep.prediction.lookup-timeout=500ms", "spring.kafka.consumer.properties.metadata.max.age.ms=500",
        "doorstep.prediction.token-secrets=a secret of more than 32 characters",
        "doorstep.access.keys[0].name=server", "doorstep.access.keys[0].audience=server",
        "doorstep.access.keys[0].key=" + PredictionServiceTest.SERVER_KEY})
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PredictionServiceTest {
    static final String SERVER_KEY = "a key of the store's server with more than 32 characters";
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String SAN_FRANCISCO = "\"destination\":{\"country\":\"US\",\"postalCode\":\"94110\"}";
    private static final String ITEMS = "\"items\":[{\"sku\":\"LMP\",\"quantity\":1}]";
    private static final String VALID = "{" + SAN_FRANCISCO + "," + ITEMS + "}";

    @TempDir
    static Path directory;

    private static KafkaNode kafka;
    private static DynamoDbNode dynamoDb;

    @LocalServerPort
    int port;

    @LocalManagementPort
    int managementPort;

    @Autowired
    DynamoDbClient client;

    @Autowired
    PredictionSettings settings;

    @Autowired
    ServedJournal journal;

    @Autowired
    Watching watching;

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();
    private final MessageCodec codec = new MessageCodec();

    @TestConfiguration
    static class Watchers {
        @Bean
        @Primary
        Watching watching() {
            return new Watching();
        }
    }

    /** Counts the orders that drift would be shown. */
    static final class Watching implements OrderObserver {
        private final AtomicInteger orders = new AtomicInteger();

        @Override
        public void offer(LoadedModel model, List<ForecastInput> parcels, DayDistribution delivery) {
            orders.incrementAndGet();
        }
    }

    @BeforeAll
    static void startParts() throws Exception {
        kafka = KafkaNode.start(directory);
        dynamoDb = DynamoDbNode.inMemory(directory);
        kafka.createTopic(Topics.FEATURES_CHANGED, 2);
    }

    @AfterAll
    static void stopParts() {
        dynamoDb.close();
        kafka.close();
    }

    @DynamicPropertySource
    static void parts(DynamicPropertyRegistry registry) {
        registry.add("spring.kafka.bootstrap-servers", () -> kafka.bootstrapServers());
        registry.add("doorstep.store.endpoint", () -> dynamoDb.endpoint());
    }

    @Test
    void predict_smallestRequest_isAnsweredInFullUnderOneKilobyte() throws Exception {
        HttpResponse<String> response = post("/v1/predictions", VALID);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(1024);
        assertThat(response.headers().firstValue("Doorstep-Version")).hasValue("0.1.0");
        JsonNode answer = json.readTree(response.body());
        assertThat(answer.propertyNames()).containsExactly("predictionId", "deliveryDate", "targetConfidence", "probability", "window",
                "timeZone", "orderBy", "afterCutoff", "validUntil", "basis", "service", "reasonCodes", "model", "token");
        assertThat(answer.path("timeZone").asString()).isEqualTo("America/Los_Angeles");
        assertThat(answer.path("basis").asString()).isEqualTo("lane-model");
        assertThat(answer.path("model").path("name").asString()).isEqualTo("doorstep-default");
        assertThat(answer.path("probability").asDouble()).isGreaterThanOrEqualTo(0.9);
        assertThat(LocalDate.parse(answer.path("deliveryDate").asString())).isAfter(LocalDate.now(Clock.systemUTC()).minusDays(1));
        assertThat(Instant.parse(answer.path("orderBy").asString())).isAfter(Clock.systemUTC().instant());
        assertThat(LocalDate.parse(answer.path("afterCutoff").path("deliveryDate").asString()))
                .isAfterOrEqualTo(LocalDate.parse(answer.path("deliveryDate").asString()));
    }

    @Test
    void predict_asOfAnInstant_givesTheSameDateEveryTime() throws Exception {
        // Monday 18 November 2024, 12:00 in Chicago, two hours before the cut-off.
        String request = "{" + SAN_FRANCISCO + "," + ITEMS + ",\"services\":[\"overnight\"],\"createdDateTime\":\"2024-11-18T18:00:00Z\"}";
        JsonNode answer = json.readTree(post("/v1/predictions", request).body());
        assertThat(answer.path("orderBy").asString()).isEqualTo("2024-11-18T20:00:00Z");
        assertThat(answer.path("deliveryDate").asString())
                .isEqualTo(json.readTree(post("/v1/predictions", request).body()).path("deliveryDate").asString());
    }

    @Test
    void predict_includes_addTheirParts() throws Exception {
        JsonNode answer = json.readTree(post("/v1/predictions?include=distribution,timeline,options", VALID).body());
        double sum = 0;
        for (JsonNode day : answer.path("distribution")) {
            sum += day.path("probability").asDouble();
        }
        assertThat(sum).isBetween(0.99, 1.0001);
        assertThat(answer.path("distribution").get(answer.path("distribution").size() - 1).path("cumulative").asDouble()).isEqualTo(1);
        assertThat(answer.path("timeline").propertyNames()).containsExactly("handling", "pickup", "transit", "closed");
        assertThat(answer.path("options")).extracting(option -> option.path("service").asString()).containsExactly("economy", "expedited",
                "overnight", "standard");
        assertThat(answer.path("byConfidence")).hasSize(4);
        assertThat(answer.path("byConfidence")).extracting(each -> each.path("deliveryDate").asString()).isSorted();
        for (JsonNode each : answer.path("byConfidence")) {
            JsonNode alone = json.readTree(post("/v1/predictions",
                    VALID.replaceFirst("\\{", "{\"confidence\":" + each.path("confidence") + ",")).body());
            assertThat(each.path("deliveryDate")).as(each.toString()).isEqualTo(alone.path("deliveryDate"));
        }
        for (JsonNode each : answer.path("options")) {
            JsonNode alone = json.readTree(post("/v1/predictions",
                    VALID.replaceFirst("\\{", "{\"services\":[" + each.path("service") + "],")).body());
            assertThat(each.path("deliveryDate")).as(each.toString()).isEqualTo(alone.path("deliveryDate"));
        }
        HttpResponse<String> wrong = post("/v1/predictions?include=everything", VALID);
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(json.readTree(wrong.body()).path("field").asString()).isEqualTo("include");
    }

    @Test
    void predict_itemsOfTwoOrigins_areTwoShipmentsThatCompleteTogether() throws Exception {
        String request = "{" + SAN_FRANCISCO + ",\"items\":[{\"sku\":\"A\"},{\"sku\":\"B\",\"origin\":\"east\"},{\"sku\":\"C\"}]}";
        JsonNode answer = json.readTree(post("/v1/predictions?include=timeline,options", request).body());
        JsonNode shipments = answer.path("shipments");
        assertThat(shipments).extracting(shipment -> shipment.path("origin").asString()).containsExactly("main", "east");
        assertThat(shipments.get(0).path("skus")).extracting(JsonNode::asString).containsExactly("A", "C");
        LocalDate complete = LocalDate.parse(answer.path("orderComplete").path("deliveryDate").asString());
        assertThat(answer.path("deliveryDate").asString()).isEqualTo(complete.toString());
        assertThat(answer.path("probability")).isEqualTo(answer.path("orderComplete").path("probability"));
        assertThat(shipments).allSatisfy(
                shipment -> assertThat(LocalDate.parse(shipment.path("deliveryDate").asString())).isBeforeOrEqualTo(complete));
        assertThat(answer.path("options")).extracting(option -> option.path("service").asString()).contains("standard");
        String token = answer.path("token").asString();
        JsonNode promise = json.readTree(post("/v1/promises", "{\"token\":\"" + token + "\",\"orderId\":\"in-two-parcels\"}").body());
        assertThat(promise.path("deliveryDate").asString()).isEqualTo(complete.toString());
        assertThat(json.readTree(post("/v1/predictions", VALID).body()).propertyNames()).doesNotContain("shipments", "orderComplete");
    }

    @Test
    void predict_featuresAndReasons_areForServersWithAKey() throws Exception {
        for (String key : new String[]{"", "no key", SERVER_KEY + " "}) {
            HttpResponse<String> refused = post("/v1/predictions?include=reasons", VALID, "X-Api-Key", key + "x");
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(json.readTree(refused.body()).path("field").asString()).isEqualTo("X-Api-Key");
        }
        assertThat(post("/v1/predictions/batch?include=features", "{\"requests\":[]}").statusCode()).isEqualTo(401);
        Instant before = Instant.ofEpochMilli(Clock.systemUTC().millis());
        JsonNode answer = json.readTree(
                post("/v1/predictions?include=features,reasons", VALID, "X-Api-Key", SERVER_KEY, "Accept-Language", "de-AT").body());
        assertThat(answer.path("features")).extracting(feature -> feature.path("name").asString()).contains("day_of_week", "sku_views_1h");
        assertThat(answer.path("features")).allSatisfy(feature -> assertThat(feature.path("status").asString()).isNotBlank());
        JsonNode history = answer.path("features").valueStream()
                .filter(feature -> feature.path("name").asString().equals("delivery_history")).findFirst().orElseThrow();
        Instant asOf = Instant.parse(history.path("value").asString());
        assertThat(history.path("source").asString()).isEqualTo("bundle");
        assertThat(Duration.ofMillis(history.path("ageMillis").asLong())).isBetween(Duration.between(asOf, before),
                Duration.between(asOf, Clock.systemUTC().instant()));
        assertThat(answer.path("reasonCodes").toString().contains("HISTORY_OLD"))
                .isEqualTo(history.path("status").asString().equals("STALE"));
        assertThat(answer.path("reasons")).isNotEmpty().allSatisfy(reason -> {
            assertThat(Math.abs(reason.path("days").asDouble())).isGreaterThanOrEqualTo(0.1);
            assertThat(reason.path("text").asString()).containsPattern("Tage (später|früher)$");
        });
        assertThat(answer.path("reasons")).extracting(reason -> -Math.abs(reason.path("days").asDouble())).isSorted();
        Locale machine = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(firstReason("Accept-Language", "xx")).contains(" days ");
            assertThat(firstReason()).as("no language named, on a German machine").contains(" days ");
            assertThat(firstReason("Accept-Language", "it, fr;q=0.5")).contains(" jours ");
        } finally {
            Locale.setDefault(machine);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"''|body", "{|body", "[]|body", "{}|destination",
            "{\"destination\":{},\"items\":[{\"sku\":\"A\"}]}|destination.country",
            "{\"destination\":{\"country\":\"USA\"},\"items\":[{\"sku\":\"A\"}]}|destination.country",
            "{\"destination\":{\"country\":\"US\"},\"items\":[]}|items",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"\"}]}|items[0].sku",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\",\"quantity\":0}]}|items[0].quantity",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\"}],\"confidence\":1}|confidence",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\"}],\"confidence\":\"high\"}|confidence",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\"}],\"confidance\":0.9}|confidance",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\"}],\"services\":[\"teleport\"]}|services",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\"}],\"origin\":\"mars\"}|origin",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\",\"origin\":\"main\"}],\"origin\":\"mars\"}|origin",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\"},{\"sku\":\"B\",\"origin\":\"mars\"}]}|items[1].origin",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\"}],\"createdDateTime\":\"2999-01-01T00:00:00Z\"}|createdDateTime",
            "{\"destination\":{\"country\":\"US\"},\"items\":[{\"sku\":\"A\"}],\"createdDateTime\":\"soon\"}|createdDateTime"})
    void predict_wrongRequest_isAProblemThatNamesTheField(String body, String field) throws Exception {
        HttpResponse<String> response = post("/v1/predictions", body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        JsonNode problem = json.readTree(response.body());
        assertThat(problem.path("field").asString()).as(response.body()).isEqualTo(field);
        assertThat(problem.path("detail").asString()).startsWith(field);
        assertThat(problem.path("code").asString()).isIn("INVALID_REQUEST", "TIMESTAMP_OUT_OF_RANGE",
                "UNREADABLE_TIMESTAMP");
        assertThat(problem.path("type").asString()).startsWith("urn:doorstep:error:");
    }

    @Test
    void predict_otherMediaTypeOrMethod_isAProblem() throws Exception {
        HttpResponse<String> text = http.send(HttpRequest.newBuilder(uri("/v1/predictions")).header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("x")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(text.statusCode()).isEqualTo(415);
        assertThat(json.readTree(text.body()).path("code").asString()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        HttpResponse<String> delete = http.send(HttpRequest.newBuilder(uri("/v1/predictions")).DELETE().build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(delete.statusCode()).isEqualTo(405);
    }

    @Test
    void batch_isAnsweredInOrderWithProblemsInTheirPlace() throws Exception {
        HttpResponse<String> response = post("/v1/predictions/batch", "{\"requests\":[{\"id\":\"a\"," + SAN_FRANCISCO + "," + ITEMS
                + "},{\"id\":\"b\"," + SAN_FRANCISCO + ",\"items\":[]},{\"id\":\"c\"," + SAN_FRANCISCO + "," + ITEMS + ",\"wrong\":1},{"
                + ITEMS + "}]}");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode results = json.readTree(response.body()).path("results");
        assertThat(results).extracting(result -> result.path("id").asString("")).containsExactly("a", "b", "c", "");
        assertThat(results.get(0).path("prediction").path("deliveryDate").asString()).isNotBlank();
        assertThat(results.get(1).path("problem").path("field").asString()).isEqualTo("items");
        assertThat(results.get(2).path("problem").path("field").asString()).isEqualTo("wrong");
        assertThat(results.get(3).path("problem").path("field").asString()).isEqualTo("id");
        String tooMany = "{\"requests\":[" + ("{\"id\":\"a\"," + SAN_FRANCISCO + "," + ITEMS + "},").repeat(100) + "{}]}";
        assertThat(json.readTree(post("/v1/predictions/batch", tooMany).body()).path("detail").asString()).contains("101");
        assertThat(post("/v1/predictions/batch", "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void get_isCacheableUntilTheCutoff() throws Exception {
        // Before the answer: whole seconds from then on can't reach beyond the cut-off, from some time after it they can.
        Instant asked = Clock.systemUTC().instant();
        HttpResponse<String> response = get("/v1/predictions?country=US&postalCode=94110&sku=LMP&sku=MUG");
        assertThat(response.statusCode()).isEqualTo(200);
        String cache = response.headers().firstValue("Cache-Control").orElse("");
        assertThat(cache).contains("public");
        Instant validUntil = Instant.parse(json.readTree(response.body()).path("validUntil").asString());
        long maxAge = Long.parseLong(cache.replaceAll("\\D+", ""));
        assertThat(asked.plusSeconds(maxAge)).isBetween(validUntil.minusSeconds(20), validUntil);
        HttpResponse<String> wrong = get("/v1/predictions?country=USA&sku=LMP");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(json.readTree(wrong.body()).path("field").asString()).isEqualTo("country");
        HttpResponse<String> missing = get("/v1/predictions?country=US");
        assertThat(json.readTree(missing.body()).path("field").asString()).isEqualTo("sku");
    }

    @Test
    void predict_featuresOfTheStore_moveTheDate() throws Exception {
        long at = Clock.systemUTC().millis();
        new EffectsWriter(client, settings.store(), Clock.systemUTC())
                .write(new Effects(new PartitionId("t", "profiles", 0), -1, new Progress(1, Map.of()), List.of(),
                        List.of(), Map.of(Effects.CounterKey.at("sku#BUSY", at), new Demand(0, 500, 0)),
                        List.of(new SkuProfile("DESK", "made_to_order", 5, at - 1000), new SkuProfile("GONE", "standard", 0, at - 1000),
                                new SkuProfile("PEN", "standard", 9, at - 1000), new SkuProfile("BUSY", "standard", 9, at - 1000))));
        JsonNode pen = predict("PEN");
        JsonNode desk = predict("DESK");
        assertThat(pen.path("reasonCodes")).extracting(JsonNode::asString).doesNotContain("HANDLING_CLASS_UNKNOWN");
        assertThat(desk.path("deliveryDate").asString()).isGreaterThan(pen.path("deliveryDate").asString());
        assertThat(predict("GONE").path("reasonCodes")).extracting(JsonNode::asString).contains("OUT_OF_STOCK");
        assertThat(predict("BUSY").path("reasonCodes")).extracting(JsonNode::asString).contains("DEMAND_SURGE");
        assertThat(predict("NEVER-SEEN").path("reasonCodes")).extracting(JsonNode::asString).contains("HANDLING_CLASS_UNKNOWN");
    }

    @Test
    void predict_changedFeatures_areSeenByTheNextAnswer() throws Exception {
        String request = "{" + SAN_FRANCISCO + "," + ITEMS + ",\"sessionId\":\"changing\"}";
        JsonNode before = json.readTree(post("/v1/predictions", request).body());
        assertThat(before.path("reasonCodes")).extracting(JsonNode::asString).contains("SESSION_UNKNOWN");
        assertThat(before.path("service").asString()).isEqualTo("standard");
        publish(new FeaturesChanged("session#changing", new SessionFeatures("changing", 1, 1, 0, 0, 1, 1, 1, "overnight", 1)));
        await().atMost(PATIENCE)
                .until(() -> json.readTree(post("/v1/predictions", request).body()).path("service").asString().equals("overnight"));
        // An older version that arrives late changes nothing.
        publish(new FeaturesChanged("session#changing", new SessionFeatures("changing", 3, 1, 0, 0, 1, 1, 1, "economy", 3)));
        await().atMost(PATIENCE)
                .until(() -> json.readTree(post("/v1/predictions", request).body()).path("service").asString().equals("economy"));
        publish(new FeaturesChanged("session#changing", new SessionFeatures("changing", 2, 1, 0, 0, 1, 1, 1, "expedited", 2)));
        publish(new FeaturesChanged("session#marker", new SessionFeatures("marker", 1, 1, 0, 0, 1, 1, 1, "overnight", 1)));
        await().atMost(PATIENCE)
                .until(() -> json.readTree(post("/v1/predictions", request.replace("changing", "marker")).body()).path("service")
                        .asString().equals("overnight"));
        assertThat(json.readTree(post("/v1/predictions", request).body()).path("service").asString()).isEqualTo("economy");
    }

    @Test
    void promise_isIdempotentAndKeepsItsBytes() throws Exception {
        String token = json.readTree(post("/v1/predictions", VALID).body()).path("token").asString();
        String request = "{\"token\":\"" + token + "\",\"orderId\":\"order-1\"}";
        HttpResponse<String> made = post("/v1/promises", request);
        assertThat(made.statusCode()).isEqualTo(201);
        String location = made.headers().firstValue("Location").orElseThrow();
        assertThat(get(location).body()).isEqualTo(made.body());
        HttpResponse<String> again = post("/v1/promises", request);
        assertThat(again.statusCode()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(made.body());
        JsonNode promise = json.readTree(made.body());
        assertThat(promise.path("orderId").asString()).isEqualTo("order-1");
        assertThat(promise.path("policyDigest").asString()).hasSize(64);
        // Another answer for the same order is a conflict, and the first promise stands.
        String other = json.readTree(post("/v1/predictions", VALID).body()).path("token").asString();
        HttpResponse<String> conflict = post("/v1/promises", "{\"token\":\"" + other + "\",\"orderId\":\"order-1\"}");
        assertThat(conflict.statusCode()).isEqualTo(409);
        assertThat(json.readTree(conflict.body()).path("detail").asString()).contains(promise.path("promiseId").asString());
        assertThat(get(location).body()).isEqualTo(made.body());
    }

    @Test
    void promise_ofAnErasedCustomer_isGone() throws Exception {
        String token = json.readTree(post("/v1/predictions", VALID.replaceFirst("\\{", "{\"customerKey\": \"erase-me\", ")).body())
                .path("token").asString();
        String request = "{\"token\":\"" + token + "\",\"orderId\":\"order-of-the-erased\"}";
        HttpResponse<String> made = post("/v1/promises", request);
        assertThat(made.statusCode()).isEqualTo(201);
        DeadLetterSeal seal = new DeadLetterSeal(List.of("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="));
        new SubjectEraser(client, settings.store(),
                new DeadLetterStore(client, settings.store(), seal, Duration.ofDays(14), Clock.systemUTC()),
                new Originals(null, seal, Clock.systemUTC()), Clock.systemUTC()).erase("erase-me", _ -> {
                });
        for (HttpResponse<String> gone : List.of(get(made.headers().firstValue("Location").orElseThrow()), post("/v1/promises", request))) {
            assertThat(gone.statusCode()).as(gone.body()).isEqualTo(410);
            assertThat(json.readTree(gone.body()).path("code").asString()).isEqualTo("ERASED");
        }
        assertThat(client.scan(scan -> scan.tableName(settings.store().tablePrefix() + "-promises")).items().toString())
                .doesNotContain("order-of-the-erased");
    }

    @Test
    void promise_wrongToken_isRefusedByField() throws Exception {
        String token = json.readTree(post("/v1/predictions", VALID).body()).path("token").asString();
        HttpResponse<String> changed = post("/v1/promises", "{\"token\":\"A" + token.substring(1) + "x\",\"orderId\":\"o\"}");
        assertThat(changed.statusCode()).isEqualTo(400);
        assertThat(json.readTree(changed.body()).path("code").asString()).isEqualTo("INVALID_TOKEN");
        String old = json
                .readTree(post("/v1/predictions", "{" + SAN_FRANCISCO + "," + ITEMS + ",\"createdDateTime\":\"2024-11-18T18:00:00Z\"}")
                        .body())
                .path("token").asString();
        HttpResponse<String> expired = post("/v1/promises", "{\"token\":\"" + old + "\",\"orderId\":\"o\"}");
        assertThat(expired.statusCode()).isEqualTo(410);
        assertThat(json.readTree(expired.body()).path("code").asString()).isEqualTo("TOKEN_EXPIRED");
        assertThat(json.readTree(post("/v1/promises", "{\"orderId\":\"o\"}").body()).path("field").asString()).isEqualTo("token");
        assertThat(get("/v1/promises/none").statusCode()).isEqualTo(404);
    }

    @Test
    void served_isJournalledWithItsFeatures() throws Exception {
        String id = json.readTree(post("/v1/predictions", VALID).body()).path("predictionId").asString();
        try (KafkaConsumer<String, byte[]> consumer = new KafkaConsumer<>(Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id",
                "test", "auto.offset.reset", "earliest", "metadata.max.age.ms", "500"), new StringDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.subscribe(List.of(Topics.PREDICTIONS_SERVED));
            await().atMost(PATIENCE).until(() -> {
                for (ConsumerRecord<String, byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.key().equals(id)) {
                        PredictionServed served = codec.read(record.value(), PredictionServed.class);
                        PredictionAnswer answer = served.answer();
                        assertThat(answer.predictionId()).isEqualTo(id);
                        assertThat(served.features()).hasSize(14);
                        return true;
                    }
                }
                return false;
            });
        }
    }

    @Test
    void management_isReadyAndExposesMetrics() throws Exception {
        post("/v1/predictions", VALID);
        assertThat(management("/actuator/health/readiness").statusCode()).isEqualTo(200);
        assertThat(management("/actuator/prometheus").body()).contains("doorstep_predictions_total").contains("basis=\"lane-model\"")
                .contains("resilience4j_circuitbreaker_state").contains("http_server_requests_seconds_bucket");
        assertThat(json.readTree(management("/actuator/info").body()).path("build").path("version").asString()).isEqualTo("0.1.0");
    }

    @Test
    void predict_createdDateTimeAsDocumentsHaveIt_isRead() throws Exception {
        for (String at : List.of("1731952800000", "\"1731952800000\"", "\"2024-11-18T18:00:00Z\"", "\"2024-11-18T19:00:00+01:00\"")) {
            String request = "{" + SAN_FRANCISCO + "," + ITEMS + ",\"createdDateTime\":" + at + "}";
            assertThat(json.readTree(post("/v1/predictions", request).body()).path("orderBy").asString()).as(at)
                    .isEqualTo("2024-11-18T20:00:00Z");
        }
        for (String at : List.of("9999999999999999", "\"+999999999-12-31T23:59:59Z\"", "1.5", "true")) {
            HttpResponse<String> response = post("/v1/predictions", "{" + SAN_FRANCISCO + "," + ITEMS + ",\"createdDateTime\":" + at + "}");
            assertThat(response.statusCode()).as(at).isEqualTo(400);
            assertThat(json.readTree(response.body()).path("field").asString()).as(at).isEqualTo("createdDateTime");
        }
    }

    @Test
    void predict_asOfAnInstant_doesNotUseWhatCameLater() throws Exception {
        publish(new FeaturesChanged("session#later", new SessionFeatures("later", 1, 1, 0, 0, 1, 1, 1731952800001L, "overnight", 1)));
        String live = "{" + SAN_FRANCISCO + "," + ITEMS + ",\"sessionId\":\"later\"}";
        await().atMost(PATIENCE)
                .until(() -> json.readTree(post("/v1/predictions", live).body()).path("service").asString().equals("overnight"));
        String before = live.substring(0, live.length() - 1) + ",\"createdDateTime\":1731952800000}";
        String after = before.replace("1731952800000", "1731952800001");
        assertThat(json.readTree(post("/v1/predictions", before).body()).path("service").asString()).isEqualTo("standard");
        assertThat(json.readTree(post("/v1/predictions", after).body()).path("service").asString()).isEqualTo("overnight");
    }

    @Test
    void services_firstThatReachesTheDestination_isTaken() throws Exception {
        String canada = "{\"destination\":{\"country\":\"CA\"}," + ITEMS;
        assertThat(json.readTree(post("/v1/predictions", canada + ",\"services\":[\"overnight\",\"expedited\"]}").body()).path("service")
                .asString())
                .isEqualTo("expedited");
        HttpResponse<String> none = post("/v1/predictions", canada + ",\"services\":[\"overnight\"]}");
        assertThat(none.statusCode()).isEqualTo(422);
        assertThat(json.readTree(none.body()).path("code").asString()).isEqualTo("NO_SERVICE");
    }

    @Test
    void body_overTheLimit_isRefusedWithOrWithoutALength() throws Exception {
        String huge = "{" + SAN_FRANCISCO + ",\"items\":[" + "{\"sku\":\"A\"},".repeat(150_000) + "{}]}";
        HttpResponse<String> known = post("/v1/predictions", huge);
        assertThat(known.statusCode()).isEqualTo(413);
        assertThat(json.readTree(known.body()).path("code").asString()).isEqualTo("TOO_LARGE");
        HttpResponse<String> unknown = http.send(HttpRequest.newBuilder(uri("/v1/predictions")).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers
                        .ofInputStream(() -> new java.io.ByteArrayInputStream(huge.getBytes(StandardCharsets.UTF_8))))
                .build(), HttpResponse.BodyHandlers.ofString());
        assertThat(unknown.statusCode()).isEqualTo(413);
        assertThat(json.readTree(unknown.body()).path("code").asString()).isEqualTo("TOO_LARGE");
    }

    @Test
    void pathThatTheFirewallRefuses_isAProblemToo() throws Exception {
        HttpResponse<String> response = get("/v1//predictions");
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void openApi_describesPredictionsAndPromises() throws Exception {
        JsonNode paths = json.readTree(get("/v3/api-docs").body()).path("paths");
        assertThat(paths.propertyNames()).contains("/v1/predictions", "/v1/predictions/batch", "/v1/promises", "/v1/promises/{promiseId}");
        assertThat(get("/swagger-ui.html").statusCode()).isIn(200, 302);
    }

    @Test
    @Order(Integer.MAX_VALUE - 1)
    void storeDown_predictionsGoOnAndPromisesSayWhy() throws Exception {
        String sessionRequest = "{" + SAN_FRANCISCO + ",\"items\":[{\"sku\":\"UNCACHED\"}],\"sessionId\":\"uncached\"}";
        String token = json.readTree(post("/v1/predictions", VALID).body()).path("token").asString();
        assertThat(watching.orders).hasPositiveValue();
        // 1. The store is gone.
        dynamoDb.close();
        int seen = watching.orders.get();
        // 2. Predictions are answered, and say what they lack.
        for (int i = 0; i < 30; i++) {
            HttpResponse<String> response = post("/v1/predictions", sessionRequest);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(json.readTree(response.body()).path("reasonCodes")).extracting(JsonNode::asString).contains("FEATURES_UNAVAILABLE");
        }
        assertThat(watching.orders).as("an outage is not drift").hasValue(seen);
        assertThat(management("/actuator/health/readiness").statusCode()).isEqualTo(200);
        // 3. Nothing is promised that is not durable.
        HttpResponse<String> promise = post("/v1/promises", "{\"token\":\"" + token + "\",\"orderId\":\"while-down\"}");
        assertThat(promise.statusCode()).isEqualTo(503);
        assertThat(promise.headers().firstValue("Retry-After")).isPresent();
        assertThat(json.readTree(promise.body()).path("code").asString()).isEqualTo("STORE_UNAVAILABLE");
        // 4. It comes back (empty, since it kept its data in memory), and answers are whole again.
        dynamoDb.restart();
        dev.doorstep.featurestore.Tables.prepare(client, settings.store());
        await().atMost(PATIENCE).until(() -> !post("/v1/predictions", sessionRequest.replace("UNCACHED", "AGAIN")).body()
                .contains("FEATURES_UNAVAILABLE"));
        assertThat(post("/v1/promises", "{\"token\":\"" + token + "\",\"orderId\":\"while-down\"}").statusCode()).isEqualTo(201);
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void kafkaDown_predictionsGoOnAndTheJournalDropsWithACount() throws Exception {
        kafka.close();
        for (int i = 0; i < 20; i++) {
            assertThat(post("/v1/predictions", VALID).statusCode()).isEqualTo(200);
        }
        assertThat(management("/actuator/health/readiness").statusCode()).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> management("/actuator/health").body().contains("\"kafka\":{\"details\""));
        Pattern dropped = Pattern.compile("doorstep_predictions_journal_total\\{[^}]*result=\"dropped\"[^}]*} [1-9]");
        await().atMost(PATIENCE).until(() -> dropped.matcher(management("/actuator/prometheus").body()).find());
        assertThat(journal.isRunning()).isTrue();
    }

    private JsonNode predict(String sku) throws Exception {
        return json.readTree(post("/v1/predictions", "{" + SAN_FRANCISCO + ",\"items\":[{\"sku\":\"" + sku + "\"}]}").body());
    }

    private void publish(FeaturesChanged change) {
        try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new StringSerializer(), new ByteArraySerializer())) {
            Future<?> _ = producer.send(new ProducerRecord<>(Topics.FEATURES_CHANGED, change.entity(), codec.write(change)));
        }
    }

    private URI uri(String path) {
        return URI.create("http://localhost:" + port + path);
    }

    private HttpResponse<String> get(String path) throws Exception {
        return TestHttp.send("GET", uri(path).toString(), null, withKey(path));
    }

    private String firstReason(String... headers) throws Exception {
        String[] all = Stream.concat(Stream.of("X-Api-Key", SERVER_KEY), Arrays.stream(headers)).toArray(String[]::new);
        return json.readTree(post("/v1/predictions?include=reasons", VALID, all).body()).path("reasons").get(0).path("text").asString();
    }

    private HttpResponse<String> post(String path, String body, String... headers) throws Exception {
        return TestHttp.send("POST", uri(path).toString(), body, withKey(path, headers));
    }

    /** Predictions need no key here, everything else does. */
    private static String[] withKey(String path, String... headers) {
        Stream<String> key = path.startsWith("/v1/predictions") ? Stream.empty() : Stream.of("X-Api-Key", SERVER_KEY);
        return Stream.concat(key, Arrays.stream(headers)).toArray(String[]::new);
    }

    private HttpResponse<String> management(String path) throws Exception {
        return TestHttp.send("GET", "http://localhost:" + managementPort + path, null);
    }
}
