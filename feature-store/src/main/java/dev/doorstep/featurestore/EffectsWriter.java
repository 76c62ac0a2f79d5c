package dev.doorstep.featurestore;

import dev.doorstep.commonmodel.feature.Demand;
import dev.doorstep.commonmodel.derivation.SessionState;
import dev.doorstep.commonmodel.feature.SkuProfile;
import dev.doorstep.commonmodel.message.EventRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.Update;

/**
 * Writes a micro-batch's effects and its position in one DynamoDB transaction, so that a crash, a second consumer or a repeated delivery
 * can't leave one without the other. Thread-safe.
 */
public final class EffectsWriter {
    private final DynamoDbClient client;
    private final StoreSettings settings;
    private final String table;
    private final Clock clock;

    public EffectsWriter(DynamoDbClient client, StoreSettings settings, Clock clock) {
        this.client = client;
        this.settings = settings;
        this.table = Tables.features(settings);
        this.clock = clock;
    }

    /**
     * Applies the effects if the store is where they expect it.
     *
     * @throws software.amazon.awssdk.core.exception.SdkException when DynamoDB does not answer, throttles or refuses; what was sent may
     *     or may not have been applied, and {@link ProgressReader} tells
     */
    public WriteResult write(Effects effects) {
        List<TransactWriteItem> actions = new ArrayList<>();
        actions.add(progress(effects));
        effects.events().forEach(event -> actions.add(event(event)));
        effects.sessions().forEach(session -> actions.add(session(session)));
        effects.demand().forEach((key, demand) -> actions.add(counter(key, demand, effects.partition().partition())));
        effects.profiles().forEach(profile -> actions.add(profile(profile, effects.partition().partition())));
        try {
            client.transactWriteItems(request -> request.transactItems(actions));
            return new WriteResult.Applied();
        } catch (TransactionCanceledException e) {
            return reason(effects, e);
        } catch (DynamoDbException e) {
            if (e.awsErrorDetails() != null && "ValidationException".equals(e.awsErrorDetails().errorCode())) {
                return new WriteResult.Invalid(String.valueOf(e.awsErrorDetails().errorMessage()));
            }
            throw e;
        }
    }

    private static WriteResult reason(Effects effects, TransactionCanceledException e) {
        List<CancellationReason> reasons = e.cancellationReasons();
        if (ConditionalWrites.failed(reasons.getFirst())) {
            return new WriteResult.PositionMoved();
        }
        List<WriteResult.KnownEvent> known = new ArrayList<>();
        List<String> moved = new ArrayList<>();
        int events = effects.events().size();
        for (int i = 0; i < events; i++) {
            CancellationReason reason = reasons.get(1 + i);
            if (ConditionalWrites.failed(reason)) {
                known.add(new WriteResult.KnownEvent(effects.events().get(i).id(), Attributes.of(reason.item()).text(Items.CONTENT_HASH)));
            }
        }
        for (int i = 0; i < effects.sessions().size(); i++) {
            if (ConditionalWrites.failed(reasons.get(1 + events + i))) {
                moved.add(effects.sessions().get(i).sessionId());
            }
        }
        if (!known.isEmpty() || !moved.isEmpty()) {
            return new WriteResult.Known(known, moved);
        }
        if (reasons.stream().anyMatch(reason -> "ValidationError".equals(reason.code()))) {
            return new WriteResult.Invalid(String.valueOf(e.getMessage()));
        }
        if (reasons.stream().anyMatch(reason -> "TransactionConflict".equals(reason.code()))) {
            return new WriteResult.Contended();
        }
        throw e;
    }

    private TransactWriteItem progress(Effects effects) {
        Put.Builder put = Put.builder().tableName(table)

                .item(Items.progress(effects.partition(), effects.progress()));
        if (effects.expectedPosition() < 0) {
            put.conditionExpression("attribute_not_exists(pk)");
        } else {
            put.conditionExpression("nextPosition = :expected")
                    .expressionAttributeValues(Map.of(":expected", Attributes.number(effects.expectedPosition())));
        }
        return TransactWriteItem.builder().put(put.build()).build();
    }

    private TransactWriteItem event(EventRecord event) {
        long expiresAt = (event.receivedAt() + settings.eventRetention().toMillis()) / 1000 + Duration.ofDays(1).toSeconds();
        return TransactWriteItem.builder()
                .put(put -> put.tableName(table).item(Items.event(event, expiresAt)).conditionExpression("attribute_not_exists(pk)")
                        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD))
                .build();
    }

    private TransactWriteItem session(SessionState session) {
        Put.Builder put = Put.builder().tableName(table).item(Items.session(session, expiresAt(settings.sessionRetention())));
        if (session.version() == 1) {
            put.conditionExpression("attribute_not_exists(pk)");
        } else {
            put.conditionExpression("version = :expected")
                    .expressionAttributeValues(Map.of(":expected", Attributes.number(session.version() - 1)));
        }
        return TransactWriteItem.builder().put(put.build()).build();
    }

    private TransactWriteItem counter(Effects.CounterKey key, Demand demand, int partition) {
        Update update = Update.builder().tableName(table)
                .key(Attributes.key(key.entity(), Items.counterSort(key.bucketStart(), partition)).map())
                .updateExpression("SET expiresAt = :expiresAt ADD #views :views, cartAdds :cartAdds, checkouts :checkouts")
                .expressionAttributeNames(Map.of("#views", Items.VIEWS))
                .expressionAttributeValues(Map.of(":expiresAt", Attributes.number(expiresAt(settings.counterRetention())), ":views",
                        Attributes.number(demand.views()), ":cartAdds", Attributes.number(demand.cartAdds()), ":checkouts",
                        Attributes.number(demand.checkouts())))
                .build();
        return TransactWriteItem.builder().update(update).build();
    }

    private TransactWriteItem profile(SkuProfile profile, int partition) {
        // This partition's own item: the position's condition already keeps every other writer away from it.
        return TransactWriteItem.builder()
                .put(put -> put.tableName(table).item(Items.profile(profile, partition, expiresAt(settings.sessionRetention())))).build();
    }

    private long expiresAt(Duration retention) {
        return clock.instant().plus(retention).getEpochSecond();
    }
}
