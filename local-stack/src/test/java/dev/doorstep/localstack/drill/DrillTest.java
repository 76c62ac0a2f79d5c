package dev.doorstep.localstack.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.doorstep.localstack.Project;
import dev.doorstep.localstack.stack.Source;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The brief drills, on the services as they ship, and a proof that their count can fail. */
class DrillTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Census.Taken TAKEN = new Census.Taken(200, 0, null);
    private static final String TABLE = "doorstep-features";

    @TempDir
    static Path directory;

    private static DrillRunner runner;

    @BeforeAll
    static void startStack() throws InterruptedException {
        runner = DrillRunner.start(Project.prepared(), directory, 1500, brief());
    }

    @AfterAll
    static void stopStack() throws Exception {
        runner.close();
    }

    static List<String> brief() {
        return DrillRunner.brief();
    }

    @ParameterizedTest
    @MethodSource("brief")
    void drill_losesNothingAndDoublesNothing(String name) throws Exception {
        assertGood(runner.run(name));
    }

    static void assertGood(Result result) {
        assertThat(result.lost()).as(result.toString()).isZero();
        assertThat(result.doubled()).as(result.toString()).isZero();
        assertThat(result.inFlight()).as(result.toString()).isZero();
        assertThat(result.sent()).as(result.toString())
                .isEqualTo(result.applied() + result.duplicate() + result.rejected() + result.deadLettered());
        assertThat(result.applied()).as(result.toString()).isGreaterThan(100);
        assertThat(result.isGood()).isTrue();
    }

    @Test
    void count_ofAStoreThatWasTamperedWith_saysSo() throws Exception {
        Instant since = Clock.systemUTC().instant();
        Census census = runner.census();
        long duplicates = census.duplicates();
        try (Traffic traffic = new Traffic(runner.stack().outlet(Source.HTTP), "tampered-"); DynamoDbClient client = client()) {
            traffic.burst(200);
            long good = traffic.acknowledgedNumbers().stream().filter(number -> !Traffic.isBad(number)).count();
            await().atMost(PATIENCE).until(() -> census.inSessions(traffic) == good && census.deadLetters(traffic, since).size() == 2);
            Result whole = census.count("whole", traffic, TAKEN, duplicates, 0, since, 0);
            assertThat(whole).isEqualTo(new Result("whole", 200, 198, 0, 0, 2, 0, 0, 0, 0, null));
            // 1. An event is taken away: it is lost, and its session and its product count one too many.
            Map<String, AttributeValue> event = key("event#tampered-7", "event");
            Map<String, AttributeValue> item = client.getItem(request -> request.tableName(TABLE).key(event)).item();
            client.deleteItem(request -> request.tableName(TABLE).key(event));
            Result without = census.count("without", traffic, TAKEN, duplicates, 0, since, 0);
            assertThat(without.lost()).isEqualTo(2);
            assertThat(without.doubled()).isEqualTo(2);
            client.putItem(request -> request.tableName(TABLE).item(item));
            // 2. A session counts one view more.
            client.updateItem(request -> request.tableName(TABLE).key(key("session#tampered-s3", "session"))
                    .updateExpression("ADD #views :one").expressionAttributeNames(Map.of("#views", "views"))
                    .expressionAttributeValues(Map.of(":one", AttributeValue.fromN("1"))));
            assertThat(census.count("more", traffic, TAKEN, duplicates, 0, since, 0).doubled()).isEqualTo(1);
            // 3. Something is there that was never sent.
            assertThat(census.count("appeared", traffic, TAKEN, duplicates, 5, since, 0).doubled()).isEqualTo(6);
        }
    }

    @Test
    void reliability_tellsOfEveryDrill() {
        String page = Project.read("docs/reliability.md");
        assertThat(DrillRunner.all()).hasSizeGreaterThan(13).allSatisfy(drill -> assertThat(page).contains("`" + drill[0] + "`"));
    }

    @Test
    void drill_unknownName_isRefused() {
        assertThatThrownBy(() -> runner.run("none")).hasMessage("no drill none");
    }

    private static Map<String, AttributeValue> key(String partition, String sort) {
        return Map.of("pk", AttributeValue.fromS(partition), "sk", AttributeValue.fromS(sort));
    }

    private static DynamoDbClient client() {
        return DynamoDbClient.builder().endpointOverride(URI.create(runner.stack().dynamoDb().endpoint())).region(Region.EU_CENTRAL_1)
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local"))).build();
    }
}
