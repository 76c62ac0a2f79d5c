package dev.doorstep.featureservice;

import dev.doorstep.servicekit.ServiceKit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

/** Turns events into features in DynamoDB, each exactly once, and serves them. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import(ServiceKit.class)
public class FeatureApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(FeatureApplication.class, arguments);
    }
}
