package dev.doorstep.predictionservice.predict;

import java.security.SecureRandom;
import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Makes ids of predictions: UUIDs of version 7 (RFC 9562), which sort by time and can't be guessed. Thread-safe. */
@Component
class PredictionIds {
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    PredictionIds(Clock clock) {
        this.clock = clock;
    }

    UUID next() {
        long high = random.nextLong();
        long low = random.nextLong();
        return new UUID((clock.millis() << 16) | 0x7000L | (high & 0x0FFFL), (low & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L);
    }
}
