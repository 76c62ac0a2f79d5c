package dev.doorstep.ingestservice.intake;

/** Nobody knows whether Kafka has committed a record; sending its document again is safe. */
final class CommitUnknownException extends RuntimeException {
    CommitUnknownException(Throwable cause) {
        super("whether Kafka committed the record is not known", cause);
    }
}
