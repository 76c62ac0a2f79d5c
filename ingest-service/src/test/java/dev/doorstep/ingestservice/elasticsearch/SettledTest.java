package dev.doorstep.ingestservice.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SettledTest {
    private static final long NOTHING = Long.MIN_VALUE;
    private static final Duration LOOKBACK = Duration.ofSeconds(20);
    private static final Instant NOW = Instant.parse("2026-11-27T08:00:00Z");
    private static final long OLD = Instant.parse("2024-11-17T21:53:01Z").toEpochMilli();

    @Test
    void before_oldDocuments_movesOnceAllWasLookedThroughALookbackAfterThem() {
        Settled settled = new Settled(LOOKBACK, NOTHING);
        assertThat(settled.before(NOTHING)).isEqualTo(NOTHING);
        settled.reached(OLD, NOW);
        settled.swept(OLD, NOW);
        settled.swept(OLD, NOW.plusSeconds(19));
        assertThat(settled.before(NOTHING)).isEqualTo(NOTHING);
        assertThat(settled.position(NOTHING)).isEqualTo(NOTHING);
        settled.swept(OLD, NOW.plusSeconds(20));
        assertThat(settled.before(NOTHING)).isEqualTo(OLD - 20_000);
        assertThat(settled.position(NOTHING)).isEqualTo(OLD);
    }

    @Test
    void before_whileNothingIsLookedThrough_staysWhereItIs() {
        Settled settled = new Settled(LOOKBACK, NOW.toEpochMilli());
        settled.reached(NOW.toEpochMilli() + 1_000, NOW.plusSeconds(1));
        // Kafka was away for ten minutes, then there is a look at what is new.
        settled.reached(NOW.toEpochMilli() + 600_000, NOW.plusSeconds(600));
        assertThat(settled.before(NOTHING)).isEqualTo(NOW.toEpochMilli() - 20_000);
        settled.swept(NOW.toEpochMilli() + 600_000, NOW.plusSeconds(601));
        assertThat(settled.before(NOTHING)).isEqualTo(NOW.toEpochMilli() + 1_000);
    }

    @Test
    void before_documentsOfNow_isALookbackBehindThoseOfTheLastSweep() {
        Settled settled = new Settled(LOOKBACK, NOW.toEpochMilli());
        for (int second = 0; second <= 62; second++) {
            settled.reached(NOW.toEpochMilli() + second * 1_000L, NOW.plusSeconds(second));
            if (second % 4 == 0) {
                settled.swept(NOW.toEpochMilli() + second * 1_000L, NOW.plusSeconds(second));
            }
        }
        assertThat(settled.before(NOTHING)).isEqualTo(NOW.toEpochMilli() + 40_000);
    }

    @Test
    void before_morePerLookbackThanIsRemembered_looksBackNoFurtherThanByTheirTime() {
        Settled settled = new Settled(LOOKBACK, NOTHING);
        settled.reached(OLD, NOW);
        settled.swept(OLD, NOW);
        assertThat(settled.before(OLD - 3_600_000)).isEqualTo(OLD - 3_600_000);
        assertThat(settled.before(OLD - 1_000)).isEqualTo(OLD - 20_000);
    }

    @Test
    void position_ofOne_letsAnotherLookBackAsFar() {
        Settled first = new Settled(LOOKBACK, NOTHING);
        first.reached(OLD, NOW);
        first.reached(OLD + 500_000, NOW.plusSeconds(5));
        first.swept(OLD + 500_000, NOW.plusSeconds(22));
        assertThat(first.before(NOTHING)).isEqualTo(OLD);
        assertThat(new Settled(LOOKBACK, first.position(NOTHING)).before(NOTHING)).isEqualTo(OLD);
    }

    @Test
    void position_nearTheLeast_isAsNone() {
        assertThat(new Settled(LOOKBACK, Long.MIN_VALUE + 1).before(NOTHING)).isEqualTo(NOTHING);
    }
}
