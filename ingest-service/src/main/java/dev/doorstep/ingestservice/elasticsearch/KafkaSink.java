package dev.doorstep.ingestservice.elasticsearch;

import dev.doorstep.ingestservice.intake.PatientIntake;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The usual way of documents: judged and handed to Kafka. Thread-safe. */
final class KafkaSink implements DocumentSink {
    private final PatientIntake intake;

    KafkaSink(PatientIntake intake) {
        this.intake = intake;
    }

    @Override
    public String name() {
        return "Kafka";
    }

    @Override
    public boolean deliver(List<PatientIntake.Document> documents, BooleanSupplier wanted) throws InterruptedException {
        return intake.deliver(documents, ElasticsearchSource.NAME, wanted);
    }
}
