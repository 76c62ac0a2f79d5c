package dev.doorstep.ingestservice.elasticsearch;

import dev.doorstep.ingestservice.intake.PatientIntake;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Where documents of a cluster go. Thread-safe. */
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
