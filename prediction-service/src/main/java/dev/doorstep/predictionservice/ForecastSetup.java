package dev.doorstep.predictionservice;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.featurestore.Archive;
import dev.doorstep.featurestore.Archives;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.carriertable.CarrierTableForecaster;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.PolicyReader;
import dev.doorstep.predictionservice.registry.Bundles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;

/** Places, policy and bundles as beans. */
@Configuration(proxyBeanMethods = false)
class ForecastSetup {
    private static final String NO_BUNDLE = "none";
    private static final Logger log = LoggerFactory.getLogger(ForecastSetup.class);

    @Bean
    Places places() {
        return Places.load();
    }

    @Bean
    LoadedPolicy policy(PredictionSettings settings, Places places) throws IOException {
        Path file = settings.prediction().policy();
        PolicyReader reader = new PolicyReader(places);
        if (file == null) {
            log.info("doorstep.prediction.policy is not set, the default policy's calendars and tables are used");
            return reader.readDefault();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return reader.read(in);
        } catch (IOException e) {
            throw new IOException("doorstep.prediction.policy can't be read: " + file, e);
        }
    }

    @Bean
    Calendars calendars() {
        return new Calendars();
    }

    /** What answers where no model does. */
    @Bean
    Forecaster table(LoadedPolicy policy, Places places, Calendars calendars) {
        return new CarrierTableForecaster(policy, places, calendars);
    }

    @Bean
    Bundles bundles(PredictionSettings settings, RolloutSettings rollout, StoreSettings store) {
        String models = rollout.models();
        Archive archive = models == null
                ? null
                : Archives.of("doorstep.rollout.models", models, store.region(), rollout.s3Endpoint(),
                        DefaultCredentialsProvider.builder().build());
        Path folder = settings.prediction().bundle();
        if (folder != null && folder.toString().equals(NO_BUNDLE)) {
            return new Bundles(null, true, archive);
        }
        try {
            Bundle bundle = folder == null ? Bundle.read(ForecastSetup::shipped) : Bundle.read(folder);
            log.info("model {} {} from {}, which knows deliveries up to {}: {}", bundle.manifest().name(), bundle.manifest().version(),
                    folder == null ? "the default bundle" : folder, bundle.manifest().knownUntil(), bundle.manifest().digest());
            return new Bundles(bundle, false, archive);
        } catch (DoorstepException e) {
            // Customers wait for dates: they get the table's, and each says why.
            log.error("doorstep.prediction.bundle can't be used, the carrier's table answers: {}", e.getMessage());
            return new Bundles(null, false, archive);
        }
    }

    private static InputStream shipped(String file) throws IOException {
        InputStream in = ForecastSetup.class.getResourceAsStream("model/" + file);
        if (in == null) {
            throw new IOException("the default bundle has no " + file);
        }
        return in;
    }
}
