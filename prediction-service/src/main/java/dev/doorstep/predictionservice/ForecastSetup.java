package dev.doorstep.predictionservice;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.carriertable.CarrierTableForecaster;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.PolicyReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Places, policy and forecaster as beans. */
@Configuration(proxyBeanMethods = false)
class ForecastSetup {
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

    @Bean
    Forecaster forecaster(LoadedPolicy policy, Places places, Calendars calendars) {
        return new CarrierTableForecaster(policy, places, calendars);
    }
}
