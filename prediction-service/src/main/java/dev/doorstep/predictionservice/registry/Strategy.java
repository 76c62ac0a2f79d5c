package dev.doorstep.predictionservice.registry;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.doorstep.commonmodel.wire.WireName;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** How a candidate becomes the active model. */
public enum Strategy {
    /** It forecasts what the active model answers, and nobody sees it. */
    SHADOW {
        @Override
        public List<Step> usualSteps() {
            return List.of();
        }
    },
    /** A few customers first, then more of them. */
    CANARY {
        @Override
        public List<Step> usualSteps() {
            return IntStream.of(1, 5, 25, 50).mapToObj(percent -> new Step(percent, BAKE)).toList();
        }
    },
    /** A tenth more of the customers with each step. */
    LINEAR {
        @Override
        public List<Step> usualSteps() {
            return IntStream.rangeClosed(1, 9).mapToObj(tenth -> new Step(10 * tenth, BAKE)).toList();
        }
    },
    /** All customers at once, as soon as every replica has it; the old model stays loaded. */
    BLUE_GREEN {
        @Override
        public List<Step> usualSteps() {
            return List.of(new Step(100, BAKE));
        }
    };

    private static final Duration BAKE = Duration.ofMinutes(10);

    /** Steps of a rollout that names none. */
    public abstract List<Step> usualSteps();

    /** Name in requests and answers. */
    @JsonValue
    public String wireName() {
        return WireName.of(this);
    }
}
