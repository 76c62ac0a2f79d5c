package dev.doorstep.ingestservice.kinesis;

import dev.doorstep.ingestservice.source.SourceStatus;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;

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

    private final String where;
    private final String rights;
    private final SourceStatus status;
    /** By the operation that was refused. */
    private final Map<String, String> lines = new TreeMap<>();

    /**
     * Creates one for a client.
     *
     * @param where what is used, and where it is
     * @param rights that are needed for it
     */
    Refusals(String where, String rights, SourceStatus status) {
        this.where = where;
        this.rights = rights;
        this.status = status;
    }

    @Override
    public void onExecutionFailure(Context.FailedExecution context, ExecutionAttributes attributes) {
        if (context.exception() instanceof AwsServiceException e && e.awsErrorDetails() != null
                && LASTING.contains(e.awsErrorDetails().errorCode())) {
            String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
            synchronized (this) {
                lines.put(operation, where + ": " + operation + ": " + message(e) + advice(e));
                tell();
            }
        }
    }

    @Override
    public void afterExecution(Context.AfterExecution context, ExecutionAttributes attributes) {
        String operation = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
        synchronized (this) {
            if (lines.remove(operation) != null) {
                tell();
            }
        }
    }

    private void tell() {
        status.refused(where, lines.isEmpty() ? null : lines.values().iterator().next());
    }

    /** What went wrong, where, and what to look at. */
    String line(SdkException e, String advice) {
        return where + ": " + message(e) + (advice.isEmpty() ? advice(e) : advice);
    }

    private static String message(SdkException e) {
        return (e instanceof AwsServiceException service && service.awsErrorDetails() != null
                ? service.awsErrorDetails().errorCode() + " " + service.awsErrorDetails().errorMessage()
                : String.valueOf(e.getMessage())).replaceAll("\\s+", " ");
    }

    private String advice(SdkException e) {
        String message = message(e);
        return message.contains("AccessDenied")
                ? "; the role needs " + rights
                : message.contains("Signature expired") || message.contains("InvalidSignature")
                        ? "; check this machine's clock and credentials"
                        : "";
    }
}
