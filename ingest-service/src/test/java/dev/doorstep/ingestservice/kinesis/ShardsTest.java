package dev.doorstep.ingestservice.kinesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.ingestservice.source.SourceStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What an autoscaler and an alert go by. */
class ShardsTest {
    private Instant now = Instant.parse("2026-01-05T12:00:00Z");
    private final InstantSource source = () -> now;
    private final Clock clock = source.withZone(ZoneOffset.UTC);
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private final Shards shards = new Shards("clicks", new SourceStatus("kinesis", metrics, clock), metrics, clock);

    @Test
    void ageOfAShard_isThatOfWhatIsReadNext_andGrowsWhileNothingIsRead() {
        shards.begin("shard-0");
        shards.begin("shard-1");
        shards.behind("shard-1", Duration.ofSeconds(40));
        assertThat(ages()).isEqualTo("shard-0=0.0 shard-1=40.0");
        assertThat(delay()).as("the slowest one's").isEqualTo(40);
        now = now.plusSeconds(300);
        shards.behind("shard-0", Duration.ofSeconds(1));
        assertThat(ages()).as("shard-1 hangs").isEqualTo("shard-0=1.0 shard-1=340.0");
        assertThat(delay()).isEqualTo(340);
        shards.end("shard-1");
        assertThat(ages()).isEqualTo("shard-0=1.0");
        assertThat(delay()).isEqualTo(1);
        shards.end("shard-0");
        now = now.plusSeconds(300);
        assertThat(ages()).isEmpty();
        assertThat(delay()).as("others read").isZero();
    }

    private String ages() {
        return metrics.find("doorstep.kinesis.iterator.age.seconds").gauges().stream()
                .map(gauge -> gauge.getId().getTag("shard") + "=" + gauge.value()).sorted().collect(Collectors.joining(" "));
    }

    private double delay() {
        return metrics.get("doorstep.ingest.source.delay.seconds").gauge().value();
    }
}
