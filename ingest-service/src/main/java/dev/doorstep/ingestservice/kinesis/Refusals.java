package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.ingestservice.source.SourceStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.kinesis.model.ResourceNotFoundException;

/**
 * Tells what AWS refuses one part that is used, and trying again does not help: a right that the role lacks, a key, a clock. The Kinesis
 * Client Library tries on for ever and says so in its own log alone. Thread-safe.
 */
final class Refusals implements ExecutionInterceptor {
    private static final Set<String> LASTING = Set.of("AccessDeniedException", "AccessDenied", "UnrecognizedClientException",
            "InvalidClientTokenId", "MissingAuthenticationTokenException", "IncompleteSignatureException", "InvalidSignatureException",
            "SignatureDoesNotMatch", "ExpiredTokenException", "KMSAccessDeniedException", "KMSDisabledException",
            "KMSInvalidStateException",
            "KMSNotFoundException", "KMSOptInRequired");

    /** The library asks again far sooner; what it does not ask for any more is of no matter. */
    private static final Duration REPEATED = Duration.ofMinutes(2);

    private final String where;
    private final String rights;
    private final SourceStatus status;
    private final Clock clock;
    /** By what was refused. */
    private final Map<String, Refused> refused = new TreeMap<>();

    private record Refused(String line, Instant last) {}

    /**
     * Creates one for a client.
     *
     * @param where what is used, and where it is
     * @param rights that are needed for it
     */
    Refusals(String where, String rights, SourceStatus status, Clock clock) {
        this.where = where;
        this.rights = rights;
        this.status = status;
        this.clock = clock;
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        if (context.exception() instanceof AwsServiceException e && e.awsErrorDetails() != null
                && LASTING.contains(e.awsErrorDetails().errorCode())) {
            String operation = operation(context.request(), attributes);
            synchronized (this) {
                // Of what is refused again and again, such as for a time that always differs, the first line stands.
                refused.compute(operation, (_, known) -> new Refused(
                        known == null ? where + ": " + operation + ": " + message(e) + advice(e) : known.line(), clock.instant()));
                tell();
            }
        }
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        synchronized (this) {
            if (!refused.isEmpty()) {
                refused.remove(operation(context.request(), attributes));
                refused.values().removeIf(each -> each.last().plus(REPEATED).isBefore(clock.instant()));
                tell();
            }
        }
    }

    private static String operation(SdkRequest request, ExecutionAttributes attributes) {
        return attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME)
                + request.getValueForField("TableName", String.class).map(table -> " of " + table).orElse("");
    }

    private void tell() {
        status.refused(where, refused.isEmpty() ? null : refused.values().iterator().next().line());
    }

    /**
     * What went wrong, where, and what to look at.
     *
     * @param settings prefix of those that name the stream
     */
    String line(SdkException e, String settings) {
        return where + ": " + message(e) + advice(e)
                + (e instanceof ResourceNotFoundException ? "; check " + settings + ".stream and " + settings + ".region" : "");
    }

    private static String message(SdkException e) {
        return SourceStatus.oneLine(e instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorCode() + " " + service.awsErrorDetails().errorMessage()
                : String.valueOf(e.getMessage()));
    }

    private String advice(SdkException e) {
        String message = message(e);
        return message.startsWith("AccessDenied")
                ? "; the role needs " + rights
                : message.startsWith("KMS")
                        ? "; check the key that encrypts it, and the role's kms:Decrypt"
                        : message.contains("Signature expired") || message.startsWith("InvalidSignature")
                                ? "; check this machine's clock and credentials"
                                : "";
    }
}
