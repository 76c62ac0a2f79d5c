package dev.doorstep.ingestservice.elasticsearch;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The cluster did not answer as asked. The message is one line that says what and where. */
final class SearchException extends IOException {
    /** A document that was asked for is in no answer that may be held in memory. */
    static final int TOO_LONG = -1;
    private static final int TOO_MANY_REQUESTS = 429;

    private final int status;
    private final String type;

    /**
     * Creates one.
     *
     * @param status HTTP status; 0 where there was no answer
     * @param type the cluster's name for the error, or empty
     */
    SearchException(int status, String type, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.type = type;
    }

    int status() {
        return status;
    }

    String type() {
        return type;
    }

    /** The cluster no longer knows the point in time; everything else may be well. */
    boolean isPointInTimeGone() {
        return status == 404 && type.equals("search_context_missing_exception");
    }

    /** The same request may well be answered a little later. */
    boolean isPassing() {
        return status == 0 || status == TOO_MANY_REQUESTS || status == 502 || status == 503 || status == 504;
    }
}
