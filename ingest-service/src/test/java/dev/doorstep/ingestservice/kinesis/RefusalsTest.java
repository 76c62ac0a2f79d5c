package dev.doorstep.ingestservice.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

class RefusalsTest {
    private Instant now = Instant.parse("2026-11-27T08:00:00Z");
    private final InstantSource source = () -> now;
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private final SourceStatus status = new SourceStatus("kinesis", new SimpleMeterRegistry(), clock);
    private final Refusals refusals = new Refusals("lease table app", "dynamodb:UpdateItem", status, clock);

    @Test
    void refusal_standsUntilTheSameIsAllowed() {
        status.reading("reads 1 shards of clicks");
        refused("UpdateItem", updateOf("app"), "AccessDeniedException", "first");
        refused("UpdateItem", updateOf("app"), "AccessDeniedException", "second");
        assertThat(line()).isEqualTo("lease table app: UpdateItem of app: AccessDeniedException first; the role needs dynamodb:UpdateItem");
        // 1. Of another table, that says nothing.
        allowed("UpdateItem", updateOf("app-state"));
        assertThat(line()).contains("AccessDeniedException first");
        allowed("UpdateItem", updateOf("app"));
        assertThat(line()).isEqualTo("reads 1 shards of clicks");
    }

    @Test
    void refusalThatIsNotRepeated_isOver() {
        status.reading("reads 1 shards of clicks");
        refused("CreateTable", CreateTableRequest.builder().tableName("app").build(), "AccessDeniedException", "no");
        now = now.plusSeconds(60);
        allowed("UpdateItem", updateOf("app"));
        assertThat(line()).contains("CreateTable of app");
        now = now.plusSeconds(61);
        allowed("UpdateItem", updateOf("app"));
        assertThat(line()).as("someone else made the table").isEqualTo("reads 1 shards of clicks");
    }

    @Test
    void whatPasses_isNoRefusal() {
        status.reading("reads 1 shards of clicks");
        refused("UpdateItem", updateOf("app"), "ProvisionedThroughputExceededException", "slow down");
        refused("UpdateItem", updateOf("app"), "ConditionalCheckFailedException", "someone else's lease");
        assertThat(line()).isEqualTo("reads 1 shards of clicks");
        refused("UpdateItem", updateOf("app"), "KMSAccessDeniedException", "no key");
        assertThat(line()).endsWith("KMSAccessDeniedException no key; check the key that encrypts it, and the role's kms:Decrypt");
    }

    private String line() {
        return String.valueOf(status.health().getDetails().get("line"));
    }

    private static UpdateItemRequest updateOf(String table) {
        return UpdateItemRequest.builder().tableName(table).build();
    }

    private void allowed(String operation, SdkRequest request) {
        refusals.afterExecution(InterceptorContext.builder().request(request).build(), attributes(operation));
    }

    private void refused(String operation, SdkRequest request, String code, String message) {
        Throwable exception = DynamoDbException.builder()
                .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(message).build()).build();
        refusals.onExecutionFailure(new Failed(request, exception), attributes(operation));
    }

    private static ExecutionAttributes attributes(String operation) {
        return new ExecutionAttributes().putAttribute(SdkExecutionAttribute.OPERATION_NAME, operation);
    }

    private record Failed(SdkRequest request, Throwable exception) implements Context.FailedExecution {
        @Override
        public Optional<SdkHttpRequest> httpRequest() {
            return Optional.empty();
        }

        @Override
        public Optional<SdkHttpResponse> httpResponse() {
            return Optional.empty();
        }

        @Override
        public Optional<SdkResponse> response() {
            return Optional.empty();
        }
    }
}
