package dev.doorstep.ingestservice;

import dev.doorstep.servicekit.ServiceKit;
import dev.doorstep.servicekit.access.AccessKit;
import dev.doorstep.servicekit.store.DeadLetterKit;
import dev.doorstep.servicekit.store.StoreKit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

/** Takes clickstream documents from HTTP, files, Kinesis, Elasticsearch and topics, and puts each on Kafka: among the events, or among the dead letters. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import({ServiceKit.class, AccessKit.class, StoreKit.class, DeadLetterKit.class})
public class IngestApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(IngestApplication.class, arguments);
    }
}
