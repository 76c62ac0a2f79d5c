package dev.doorstep.localstack.simulation;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * The days of a simulation, as the services count them.
 *
 * @param since when they began to go by faster
 */
record SimulatedDays(Clock real, Instant since) {
    /** A day in two seconds. */
    private static final int SPEED = 43_200;

    Instant now() {
        return since.plusMillis(Duration.between(since, real.instant()).toMillis() * SPEED);
    }

    Map<String, String> environment() {
        return Map.of("DOORSTEP_SIMULATION_SINCE", since.toString(), "DOORSTEP_SIMULATION_SPEED", Integer.toString(SPEED));
    }
}
