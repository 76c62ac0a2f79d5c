package dev.doorstep.predictionservice;

import dev.doorstep.servicekit.ServiceKit;
import dev.doorstep.servicekit.access.AccessKit;
import dev.doorstep.servicekit.store.StoreKit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

/** Answers on which day a parcel arrives, and keeps promises. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import({ServiceKit.class, AccessKit.class, StoreKit.class})
public class PredictionApplication {
    public static void main(String[] arguments) {
        SpringApplication.run(PredictionApplication.class, arguments);
    }
}
