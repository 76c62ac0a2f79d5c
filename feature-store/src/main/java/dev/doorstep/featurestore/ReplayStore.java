package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.message.MessageCodec;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Keeps replays, so that whichever process is there goes on with them: one at a time has a lease on each. Thread-safe. */
public final class ReplayStore {
    private static final String PARTITION = "replays";
    private static final String BODY = "body";
    private static final Duration RETENTION = Duration.ofDays(90);

    private final DynamoDbClient client;
    private final String table;
    private final Clock clock;
    private final MessageCodec codec = new MessageCodec();

    public ReplayStore(DynamoDbClient client, StoreSettings settings, Clock clock) {
        this.client = client;
        this.table = Tables.deadLetters(settings);
        this.clock = clock;
    }

    /** Keeps a new replay. */
    public void create(Replay replay) {
        Map<String, AttributeValue> item = key(replay.replayId()).put(BODY, codec.write(replay)).put("state", replay.state().name())
                .put("leaseUntil", 0).put(Tables.EXPIRES_AT, clock.instant().plus(RETENTION).getEpochSecond()).map();
        client.putItem(request -> request.tableName(table).item(item));
    }

    /** A replay, or null when there is none of that id. */
    public @Nullable Replay find(String replayId) {
        Map<String, AttributeValue> item = client
                .getItem(request -> request.tableName(table).key(key(replayId).map()).consistentRead(true)).item();
        return item.isEmpty() ? null : replay(item);
    }

    /** The latest replays, the last one first. */
    public List<Replay> latest(int limit) {
        return client.query(request -> request.tableName(table).keyConditionExpression("pk = :replays")
                .expressionAttributeValues(Map.of(":replays", AttributeValue.fromS(PARTITION))).scanIndexForward(false).limit(limit)
                .consistentRead(true)).items().stream().map(this::replay).toList();
    }

    /** All replays that are not done, the oldest first. */
    public List<Replay> running() {
        return client.queryPaginator(request -> request.tableName(table).keyConditionExpression("pk = :replays")
                .filterExpression("#state = :running").expressionAttributeNames(Map.of("#state", "state"))
                .expressionAttributeValues(Map.of(":replays", AttributeValue.fromS(PARTITION), ":running",
                        AttributeValue.fromS(Replay.State.RUNNING.name())))
                .consistentRead(true)).items().stream().map(this::replay).toList();
    }

    /** Takes the lease on a running replay; false when someone else has it, or it runs no more. */
    public boolean claim(String replayId, String owner, Duration lease) {
        long now = clock.millis();
        return update(replayId, "SET leaseOwner = :owner, leaseUntil = :until",
                "#state = :running AND (leaseUntil < :now OR leaseOwner = :owner)",
                Map.of(":owner", AttributeValue.fromS(owner), ":until", Attributes.number(now + lease.toMillis()), ":now",
                        Attributes.number(now), ":running", AttributeValue.fromS(Replay.State.RUNNING.name())));
    }

    /** Keeps how far a replay is; false when the lease went to someone else, or it was stopped. */
    public boolean save(Replay replay, String owner) {
        return update(replay.replayId(), "SET body = :body, #state = :state", "#state = :running AND leaseOwner = :owner",
                Map.of(":body", Attributes.bytes(codec.write(replay)), ":state",
                        AttributeValue.fromS(replay.state().name()), ":owner", AttributeValue.fromS(owner), ":running",
                        AttributeValue.fromS(Replay.State.RUNNING.name())));
    }

    /** Stops a replay after its page; one that runs no more stays as it is. */
    public void stop(Replay replay) {
        Replay stopped = replay.in(Replay.State.STOPPED, clock.instant());
        update(replay.replayId(), "SET body = :body, #state = :state", "#state = :running",
                Map.of(":body", Attributes.bytes(codec.write(stopped)), ":state",
                        AttributeValue.fromS(Replay.State.STOPPED.name()), ":running",
                        AttributeValue.fromS(Replay.State.RUNNING.name())));
    }

    private boolean update(String replayId, String expression, String condition, Map<String, AttributeValue> values) {
        return ConditionalWrites.update(client,
                request -> request.tableName(table).key(key(replayId).map()).updateExpression(expression).conditionExpression(condition)
                        .expressionAttributeNames(Map.of("#state", "state")).expressionAttributeValues(values));
    }

    private Replay replay(Map<String, AttributeValue> item) {
        return codec.read(Attributes.of(item).bytes(BODY), Replay.class);
    }

    private static Attributes key(String replayId) {
        return Attributes.key(PARTITION, replayId);
    }
}
