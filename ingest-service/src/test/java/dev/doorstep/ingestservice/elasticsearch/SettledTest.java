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
    void before_oldDocuments_movesALookbackAfterTheyWereSeen() {
        Settled settled = new Settled(LOOKBACK, NOTHING);
        assertThat(settled.before(NOTHING, NOTHING, NOW)).isEqualTo(NOTHING);
        settled.reached(OLD, NOW);
        assertThat(settled.before(OLD, NOTHING, NOW.plusSeconds(19))).isEqualTo(NOTHING);
        assertThat(settled.position(OLD, NOTHING, NOW.plusSeconds(19))).isEqualTo(NOTHING);
        assertThat(settled.before(OLD, NOTHING, NOW.plusSeconds(20))).isEqualTo(OLD - 20_000);
        assertThat(settled.position(OLD, NOTHING, NOW.plusSeconds(20))).isEqualTo(OLD);
    }

    @Test
    void before_documentsOfNow_isALookbackBehindThem() {
        Settled settled = new Settled(LOOKBACK, NOW.toEpochMilli());
        for (int second = 0; second <= 60; second++) {
            settled.reached(NOW.toEpochMilli() + second * 1_000L, NOW.plusSeconds(second));
        }
        assertThat(settled.before(NOW.toEpochMilli() + 60_000, NOTHING, NOW.plusSeconds(60))).isEqualTo(NOW.toEpochMilli() + 40_000);
    }

    @Test
    void before_morePerLookbackThanIsRemembered_looksBackNoFurtherThanByTheirTime() {
        Settled settled = new Settled(LOOKBACK, NOTHING);
        settled.reached(OLD, NOW);
        assertThat(settled.before(OLD, OLD - 3_600_000, NOW)).isEqualTo(OLD - 3_600_000);
        assertThat(settled.before(OLD, OLD - 1_000, NOW)).isEqualTo(OLD - 20_000);
    }

    @Test
    void position_ofOne_letsAnotherLookBackAsFar() {
        Settled first = new Settled(LOOKBACK, NOTHING);
        first.reached(OLD, NOW);
        first.reached(OLD + 500_000, NOW.plusSeconds(5));
        Instant later = NOW.plusSeconds(22);
        long before = first.before(OLD + 500_000, NOTHING, later);
        assertThat(before).isEqualTo(OLD);
        Settled second = new Settled(LOOKBACK, first.position(OLD + 500_000, NOTHING, later));
        second.reached(OLD + 900_000, later);
        assertThat(second.before(OLD + 900_000, NOTHING, later)).isEqualTo(before);
    }
}
