package dev.doorstep.commonmodel.error;

/**
 * Every stable error code of Doorstep: reasons of dead letters, refusals and problem details alike. A code is never renamed or reused;
 * callers may switch on it.
 */
public enum ErrorCode {
    /** The bytes are not one JSON object in UTF-8. */
    NOT_JSON(ErrorType.CALLER),
    /** The document or the body is longer than its limit. */
    TOO_LARGE(ErrorType.CALLER),
    /** The JSON is nested deeper than its limit. */
    TOO_DEEP(ErrorType.CALLER),
    /** An object has the same key twice, so that its meaning depends on the reader. */
    DUPLICATE_KEY(ErrorType.CALLER),
    /** The document has no {@code _id}, or an empty one. */
    MISSING_ID(ErrorType.CALLER),
    /** The document has no {@code _source.createdDateTime}. */
    MISSING_CREATED_DATE_TIME(ErrorType.CALLER),
    /** {@code createdDateTime} is neither epoch milliseconds nor ISO-8601 with an offset. */
    UNREADABLE_TIMESTAMP(ErrorType.CALLER),
    /** {@code createdDateTime} lies before 1970 or more than a day ahead of the clock. */
    TIMESTAMP_OUT_OF_RANGE(ErrorType.CALLER),
    /** A known field has a value of the wrong kind or beyond its bounds. */
    INVALID_FIELD(ErrorType.CALLER),
    /** The id is known with other content. */
    ID_CONFLICT(ErrorType.CALLER),
    /** The event was first received longer ago than duplicates are recognised. */
    TOO_OLD(ErrorType.CALLER),
    /** A record on a topic can't be read as what its topic carries. */
    UNREADABLE_RECORD(ErrorType.CALLER),

    /** The request body or a parameter is malformed. */
    INVALID_REQUEST(ErrorType.CALLER),
    /** Nothing of that name exists. */
    NOT_FOUND(ErrorType.CALLER),
    /** The HTTP method is not one of the resource's. */
    METHOD_NOT_ALLOWED(ErrorType.CALLER),
    /** None of the media types that the caller accepts can be produced. */
    NOT_ACCEPTABLE(ErrorType.CALLER),
    /** The body's media type can't be read. */
    UNSUPPORTED_MEDIA_TYPE(ErrorType.CALLER),
    /** There are no credentials, or they are not valid. */
    UNAUTHENTICATED(ErrorType.CALLER),
    /** The credentials do not allow this. */
    FORBIDDEN(ErrorType.CALLER),
    /** The token was not issued here, or was changed. */
    INVALID_TOKEN(ErrorType.CALLER),
    /** The quote that the token stands for is no longer valid. */
    TOKEN_EXPIRED(ErrorType.CALLER),
    /** It was erased with its customer. */
    ERASED(ErrorType.CALLER),
    /** The order already has another promise. */
    PROMISE_CONFLICT(ErrorType.CALLER),
    /** A model file is damaged, or holds what can't be scored exactly. */
    INVALID_MODEL(ErrorType.CALLER),
    /** What the promise was made from is not all there. */
    REPLAY_IMPOSSIBLE(ErrorType.CALLER),
    /** The version is another model already, or says less than what changed. */
    MODEL_CONFLICT(ErrorType.CALLER),
    /** The version was taken back, and nobody has cleared it. */
    MODEL_BLOCKED(ErrorType.CALLER),
    /** The rollout is not in a state in which this makes sense. */
    ROLLOUT_CONFLICT(ErrorType.CALLER),
    /** No delivery can be forecast for this request. */
    NO_SERVICE(ErrorType.CALLER),

    /** More is under way than can be served in time. */
    OVERLOADED(ErrorType.CAPACITY),
    /** The key asks more often than it may. */
    RATE_LIMITED(ErrorType.CAPACITY),
    /** The key has used up its day. */
    QUOTA_EXHAUSTED(ErrorType.CAPACITY),
    /** Kafka did not acknowledge. */
    BROKER_UNAVAILABLE(ErrorType.CAPACITY),
    /** DynamoDB did not answer. */
    STORE_UNAVAILABLE(ErrorType.CAPACITY),

    /** A defect of Doorstep; the log has it under the same trace. */
    INTERNAL(ErrorType.INTERNAL);

    private final ErrorType type;

    ErrorCode(ErrorType type) {
        this.type = type;
    }

    /** Who has to act on it. */
    public ErrorType type() {
        return type;
    }
}
