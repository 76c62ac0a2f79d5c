package dev.doorstep.modeltraining.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private final AtomicLong seconds = new AtomicLong();
    private final InstantSource now = () -> Instant.ofEpochSecond(seconds.get());
    private final Clock clock = now.withZone(ZoneOffset.UTC);

    @Test
    void next_tellsHowFarItIs_andOnceItCanHowLongItTakes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Progress progress = new Progress(new PrintStream(out, true, StandardCharsets.UTF_8), clock);
        progress.next("reading", 0.1);
        seconds.set(10);
        progress.next("growing", 0.4);
        seconds.set(20);
        progress.next("testing", 0.5);
        seconds.set(30);
        progress.done();
        assertThat(out.toString(StandardCharsets.UTF_8).lines()).containsExactly("  0 % after 0 s: reading",
                " 10 % after 10 s, 90 s left: growing", " 50 % after 20 s, 20 s left: testing",
                "100 % after 30 s, 0 s left: done");
    }
}
