package dev.doorstep.ingestservice.elasticsearch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SeenIdsTest {
    @Test
    void add_knownOrForgotten_saysSo() {
        SeenIds seen = new SeenIds(3);
        assertThat(seen.add(100_000, "a")).isTrue();
        assertThat(seen.add(100_000, "a")).isFalse();
        assertThat(seen.add(200_000, "b")).isTrue();
        assertThat(seen.add(Long.MIN_VALUE, "timeless")).isTrue();
        // 1. What lies before a time is forgotten, what has no time is not.
        seen.forgetBefore(200_000);
        assertThat(seen.add(100_000, "a")).isTrue();
        assertThat(seen.add(200_000, "b")).isFalse();
        assertThat(seen.add(Long.MIN_VALUE, "timeless")).isFalse();
        assertThat(seen.rememberedFrom()).isEqualTo(Long.MIN_VALUE);
        // 2. Of more than it may hold, the oldest go first, and those without a time last.
        assertThat(seen.add(300_000, "c")).isTrue();
        assertThat(seen.rememberedFrom()).isEqualTo(110_000);
        assertThat(seen.add(Long.MIN_VALUE, "timeless")).isFalse();
        assertThat(seen.add(300_000, "c")).isFalse();
        assertThat(seen.add(100_000, "a")).isTrue();
        assertThat(seen.add(100_000, "a")).isTrue();
        SeenIds none = new SeenIds(1);
        assertThat(none.add(Long.MIN_VALUE, "x")).isTrue();
        assertThat(none.add(Long.MIN_VALUE, "y")).isTrue();
        assertThat(none.rememberedFrom()).isEqualTo(Long.MIN_VALUE);
    }
}
