package dev.doorstep.ingestservice.intake;

import java.util.List;
import java.util.function.BooleanSupplier;

/** Where the documents of a source go. Thread-safe. */
public interface DocumentSink {
    /** Where they go, for people: such as {@code Kafka}. */
    String name();

    /**
     * Hands documents on; returns once whoever takes them has acknowledged all.
     *
     * @param wanted asked between two tries; once it says no, this gives up
     * @return whether all were acknowledged
     */
    boolean deliver(List<PatientIntake.Document> documents, BooleanSupplier wanted) throws InterruptedException;
}
