package dev.doorstep.featureservice;

import dev.doorstep.servicekit.ServiceKit;
import dev.doorstep.servicekit.access.AccessKit;
import dev.doorstep.servicekit.store.DeadLetterKit;
import dev.doorstep.servicekit.store.StoreKit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

/** Turns events into features in DynamoDB, each exactly once, and serves them. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import({ServiceKit.class, AccessKit.class, StoreKit.class, DeadLetterKit.class})
public class FeatureApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(FeatureApplication.class, arguments);
    }
}
