package dev.doorstep.watching.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.watching.verdict.Verdict.Result;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final Rules RULES = Rules.usual();

    @Test
    void nothingKnown_isNoDataAndNeverAPass() {
        assertThat(Watch.of(RULES).verdicts(RULES)).extracting(Verdict::result).containsOnly(Result.NO_DATA);
    }

    @Test
    void equalModels_pass() {
        Watch watch = Watch.of(RULES).withRuns(runs(500, 2, 8), runs(500, 2, 8), RULES).withRuns(runs(500, 2, 8), runs(500, 2, 8), RULES)
                .withDifferences(differences(500, 0), RULES);
        assertThat(verdict(watch, "errors").result()).isEqualTo(Result.PASS);
        assertThat(verdict(watch, "latency").result()).isEqualTo(Result.PASS);
        assertThat(verdict(watch, "promised-days").result()).isEqualTo(Result.PASS);
        assertThat(verdict(watch, "quality").result()).isEqualTo(Result.NO_DATA);
        assertThat(verdict(watch, "divergence").result()).isEqualTo(Result.PASS);
    }

    @Test
    void errors_andSlowness_fail() {
        Watch failing = Watch.of(RULES).withRuns(runs(100, 30, 8), runs(100, 0, 8), RULES);
        assertThat(verdict(failing, "errors").result()).isEqualTo(Result.FAIL);
        // The first window sets what is slow, 2 ms at least; the second one has the candidate at 16 ms.
        Watch slow = Watch.of(RULES).withRuns(runs(300, 0, 14), runs(300, 0, 8), RULES);
        assertThat(verdict(slow, "latency").result()).isEqualTo(Result.NO_DATA);
        slow = slow.withRuns(runs(100, 0, 14), runs(100, 0, 8), RULES);
        assertThat(verdict(slow, "latency").result()).isEqualTo(Result.FAIL);
        assertThat(verdict(slow, "latency").window()).contains("2048 µs");
    }

    @Test
    void latency_ofMachinesWithLittleTraffic_isSetByManySmallWindows() {
        Watch watch = Watch.of(RULES);
        for (int window = 0; window < 60; window++) {
            watch = watch.withRuns(runs(10, 0, 8), runs(10, 0, 8), RULES);
        }
        assertThat(verdict(watch, "latency").result()).isEqualTo(Result.PASS);
        assertThat(verdict(watch, "latency").count()).isEqualTo(400);
    }

    @Test
    void laterDates_failBeyondTheirTolerance_earlierOnesPass() {
        Watch later = Watch.of(RULES).withDifferences(differences(1000, 1), RULES);
        assertThat(verdict(later, "promised-days").result()).isEqualTo(Result.FAIL);
        assertThat(verdict(later, "promised-days").value()).isCloseTo(1, within(1e-9));
        Watch earlier = Watch.of(RULES).withDifferences(differences(1000, -1), RULES);
        assertThat(verdict(earlier, "promised-days").result()).isEqualTo(Result.PASS);
        assertThat(verdict(earlier, "promised-days").value()).isCloseTo(-1, within(1e-9));
    }

    @Test
    void farFromTheActiveModel_alertsAndDoesNotRollBack() {
        Watch far = Watch.of(RULES).withDifferences(differences(1000, -4), RULES);
        assertThat(verdict(far, "divergence").result()).isEqualTo(Result.FAIL);
        assertThat(verdict(far, "divergence").rollsBack()).isFalse();
    }

    @Test
    void maturePairs_threePointsLater_fail() {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            boolean late = i % 10 == 0;
            boolean candidateLate = late || i % 33 == 1;
            pairs.add(new Pair(0.9, 0.4, candidateLate && !late ? 1.2 : 0.4, late, candidateLate));
        }
        Watch watch = Watch.of(RULES).withCohort(pairs, RULES);
        assertThat(verdict(watch, "late-rate").result()).isEqualTo(Result.FAIL);
        assertThat(verdict(watch, "late-rate").value()).isCloseTo(0.028, within(0.003));
        assertThat(verdict(watch, "late-rate").count()).isEqualTo(1000);
        // 13 % are late where 10 % may be, and three points are tolerated.
        assertThat(verdict(watch, "calibration").result()).isEqualTo(Result.PASS);
    }

    @Test
    void maturePairs_worseByTheirLoss_failTheQuality_thoughNeitherIsLateMoreOften() {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            boolean late = i % 10 == 0;
            pairs.add(new Pair(0.9, 0.5, 0.7, late, late));
        }
        Verdict worse = verdict(Watch.of(RULES).withCohort(pairs, RULES), "quality");
        assertThat(worse.result()).isEqualTo(Result.FAIL);
        assertThat(worse.rollsBack()).isTrue();
        assertThat(worse.value()).isCloseTo(0.2, within(1e-9));
        assertThat(worse.count()).isEqualTo(1000);
        assertThat(verdict(Watch.of(RULES).withCohort(pairs, RULES), "late-rate").result()).isEqualTo(Result.PASS);
        Verdict better = verdict(Watch.of(RULES).withCohort(pairs.stream().map(Pair::swapped).toList(), RULES), "quality");
        assertThat(better.result()).isEqualTo(Result.PASS);
        assertThat(better.value()).isCloseTo(-0.2, within(1e-9));
    }

    @Test
    void slowWorld_alertsAndDoesNotRollBack() {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            pairs.add(new Pair(0.9, 1, 1, i % 2 == 0, i % 2 == 0));
        }
        Watch watch = Watch.of(RULES).withCohort(pairs, RULES);
        assertThat(verdict(watch, "calibration").result()).isEqualTo(Result.FAIL);
        assertThat(verdict(watch, "calibration").rollsBack()).isFalse();
        assertThat(verdict(watch, "calibration").value()).isCloseTo(0.4, within(1e-9));
        assertThat(verdict(watch, "late-rate").result()).isEqualTo(Result.PASS);
        assertThat(verdict(watch, "quality").result()).isEqualTo(Result.PASS);
    }

    @Test
    void counts_ofReplicas_addUpAndAreTakenOff() {
        Runs both = runs(10, 1, 3).plus(runs(5, 0, 4));
        assertThat(both.runs()).isEqualTo(15);
        assertThat(both.slowerThan(3)).isEqualTo(5);
        assertThat(both.since(runs(10, 1, 3))).isEqualTo(runs(5, 0, 4));
        assertThat(Runs.bucket(500)).isZero();
        assertThat(Runs.bucket(Duration.ofMillis(1).toNanos())).isEqualTo(10);
        assertThat(Runs.bucket(Long.MAX_VALUE)).isEqualTo(Runs.BUCKETS - 1);
    }

    @Test
    void rules_outOfBounds_areRefusedByName() {
        assertThatThrownBy(() -> new Rules(0, 200, 200, 1.5, 1.5, Duration.ofMillis(2), 0.005, 0.02, 0.5, 2, 0.03, 14, 0.9, 3))
                .hasMessageContaining("alpha");
        assertThatThrownBy(() -> new Rules(0.05, 200, 200, 1.5, 0.5, Duration.ofMillis(2), 0.005, 0.02, 0.5, 2, 0.03, 14, 0.9, 3))
                .hasMessageContaining("slowRatio");
        assertThatThrownBy(() -> new Rules(0.05, 200, 200, 1.5, 1.5, Duration.ofMillis(2), 0.005, 0.02, 0.5, 2, 0.03, 14, 0.4, 3))
                .hasMessageContaining("leastKnown must lie between 0.5 and 1");
        assertThatThrownBy(() -> new Rules(0.05, 200, 200, 1.5, 1.5, Duration.ofMillis(2), 0.005, 0.02, 0.5, 2, 0.03, 0, 0.9, 3))
                .hasMessageContaining("horizonDays");
        // Four checks with an eighth of α each and one with a half.
        assertThat(4 / RULES.neededEvidence() + 1 / RULES.neededForLateness()).isCloseTo(RULES.alpha(), within(1e-12));
    }

    private static Verdict verdict(Watch watch, String check) {
        return watch.verdicts(RULES).stream().filter(each -> each.check().equals(check)).findFirst().orElseThrow();
    }

    private static Runs runs(long runs, long errors, int bucket) {
        List<Long> times = new ArrayList<>(Collections.nCopies(Runs.BUCKETS, 0L));
        times.set(bucket, runs - errors);
        return new Runs(runs, errors, times);
    }

    private static Differences differences(int count, long days) {
        Differences differences = Differences.NONE;
        for (int i = 0; i < count; i++) {
            differences = differences.with(days);
        }
        return differences;
    }
}
