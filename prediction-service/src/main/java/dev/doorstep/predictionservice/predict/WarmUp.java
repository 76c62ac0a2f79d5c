package dev.doorstep.predictionservice.predict;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.predictionservice.serving.ServingModels;
import dev.doorstep.servicekit.health.Preparation;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers some questions of its own before the service is ready, so that the first customer does not wait for classes, connections and
 * calendars. Nothing of it is journalled or counted, and a part that is away only makes it shorter.
 */
@Component
class WarmUp implements ApplicationRunner {
    private static final Logger log = LoggerFactory.getLogger(WarmUp.class);
    private static final int ROUNDS = 40;

    private static final Duration FOR_TABLES = Duration.ofSeconds(5);

    private final Predictor predictor;
    private final ServingModels models;
    private final Preparation tables;
    private final JsonMapper json;
    private final Clock clock;

    WarmUp(Predictor predictor, ServingModels models, Preparation tables, JsonMapper json, Clock clock) {
        this.predictor = predictor;
        this.models = models;
        this.tables = tables;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public void run(ApplicationArguments arguments) throws InterruptedException {
        long started = clock.millis();
        if (!tables.awaitDone(FOR_TABLES)) {
            log.warn("the feature store is not there yet, starting without");
        }
        models.awaitLoaded(FOR_TABLES);
        for (int i = 0; i < ROUNDS; i++) {
            // Another product and session each time, so that the store is asked and not the cache.
            PredictionRequest request = new PredictionRequest(new PredictionRequest.Destination("US", "94110"),
                    List.of(new PredictionRequest.Item("warm-up-" + i, 1, null)), null, null, null, null, null, "warm-up-" + i, null,
                    null);
            try {
                PredictionAnswer answer = predictor.begin(request, EnumSet.allOf(Include.class)).answer().served().answer();
                json.writeValueAsBytes(answer);
            } catch (DoorstepException e) {
                log.info("the warm-up's order can't be answered under this policy: {}", e.getMessage());
                break;
            }
        }
        log.info("warmed up in {} ms", clock.millis() - started);
    }
}
