package dev.doorstep.servicekit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/** A clock by which days go by faster from an instant on, the same in every process. Immutable and thread-safe. */
final class SimulatedClock extends Clock {
    private final Clock real;
    private final Instant since;
    private final double speed;

    /**
     * Creates a clock.
     *
     * @param since until then it shows the real time
     * @param speed simulated seconds for each real one, 1 or more
     */
    SimulatedClock(Clock real, Instant since, double speed) {
        if (!(speed >= 1 && speed <= 1_000_000)) {
            throw new IllegalArgumentException("doorstep.simulation.speed must lie between 1 and 1,000,000: " + speed);
        }
        this.real = real;
        this.since = since;
        this.speed = speed;
    }

    @Override
    public ZoneId getZone() {
        return real.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new SimulatedClock(real.withZone(zone), since, speed);
    }

    @Override
    public Instant instant() {
        Instant now = real.instant();
        Duration passed = Duration.between(since, now);
        return passed.isNegative() ? now : since.plusMillis((long) (passed.toMillis() * speed));
    }
}
