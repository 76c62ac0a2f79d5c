package dev.doorstep.localstack.stack;

/** From where ingest-service gets documents. */
public enum Source {
    HTTP, KINESIS, ELASTICSEARCH;

    /** Stream and index that hold the documents. */
    static final String NAME = "clickstream";
}
