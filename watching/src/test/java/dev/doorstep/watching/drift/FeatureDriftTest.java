package dev.doorstep.watching.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeatureDriftTest {
    private static final Map<String, FeatureDrift.Reference> REFERENCES = Map.of("distance_km",
            new FeatureDrift.Reference(new double[]{0, 250, 500, 750, 1000}, null, 0.01), "service",
            new FeatureDrift.Reference(null, Map.of("standard", 0.7, "overnight", 0.3), 0));

    @Test
    void sameOrders_haveNotDrifted() {
        FeatureSketch distance = FeatureSketch.ofNumbers();
        FeatureSketch service = FeatureSketch.ofNames();
        Random random = new Random(1);
        for (int i = 0; i < 5_000; i++) {
            distance.add(random.nextDouble() < 0.01 ? Double.NaN : random.nextDouble() * 1000);
            service.add(random.nextDouble() < 0.7 ? "standard" : "overnight", true);
        }
        assertThat(FeatureDrift.of(REFERENCES, Map.of("distance_km", distance, "service", service))).hasSize(2)
                .allSatisfy(each -> assertThat(each.drifted()).as(each.toString()).isFalse());
    }

    @Test
    void otherOrders_haveDrifted_andSayByWhat() {
        FeatureSketch distance = FeatureSketch.ofNumbers();
        FeatureSketch service = FeatureSketch.ofNames();
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            distance.add(300 + random.nextDouble() * 1000);
            service.add(random.nextDouble() < 0.5 ? "standard" : "drone", random.nextDouble() < 0.5);
        }
        assertThat(FeatureDrift.of(REFERENCES, Map.of("distance_km", distance, "service", service, "unheard-of", service))).hasSize(2)
                .allSatisfy(each -> {
                    assertThat(each.drifted()).as(each.toString()).isTrue();
                    assertThat(each.score()).isGreaterThan(each.threshold());
                    assertThat(each.pValue()).isLessThan(0.01);
                });
        FeatureDrift names = FeatureDrift.of(REFERENCES, Map.of("service", service)).getFirst();
        assertThat(names.statistic()).isEqualTo(Statistic.JENSEN_SHANNON);
        assertThat(names.unseen()).isCloseTo(0.5, within(0.05));
    }

    @Test
    void fewOrders_areNoEvidence() {
        FeatureSketch distance = FeatureSketch.ofNumbers();
        for (int i = 0; i < 10; i++) {
            distance.add(900 + i);
        }
        FeatureDrift drift = FeatureDrift.of(REFERENCES, Map.of("distance_km", distance)).getFirst();
        assertThat(drift.score()).isGreaterThan(drift.threshold());
        FeatureSketch service = FeatureSketch.ofNames();
        service.add("overnight", true);
        service.add("overnight", true);
        assertThat(FeatureDrift.of(REFERENCES, Map.of("service", service)).getFirst().drifted()).isFalse();
    }

    @Test
    void missingValues_areDriftOfTheirOwn() {
        FeatureSketch distance = FeatureSketch.ofNumbers();
        Random random = new Random(1);
        for (int i = 0; i < 2_000; i++) {
            distance.add(i % 4 == 0 ? Double.NaN : random.nextDouble() * 1000);
        }
        FeatureDrift drift = FeatureDrift.of(REFERENCES, Map.of("distance_km", distance)).getFirst();
        assertThat(drift.missing()).isEqualTo(0.25);
        assertThat(drift.score()).isLessThan(drift.threshold());
        assertThat(drift.drifted()).isTrue();
    }

    @Test
    void ordersOfTwoDays_areHeldAgainstBothDaysTogether() {
        FeatureDrift.Reference monday = new FeatureDrift.Reference(new double[]{0, 50, 100}, null, 0);
        FeatureDrift.Reference sunday = new FeatureDrift.Reference(new double[]{900, 950, 1000}, null, 0.4);
        FeatureSketch distance = FeatureSketch.ofNumbers();
        FeatureSketch service = FeatureSketch.ofNames();
        Random random = new Random(1);
        for (int i = 0; i < 8_000; i++) {
            boolean onSunday = i % 4 == 0;
            distance.add(onSunday ? random.nextDouble() < 0.4 ? Double.NaN : 900 + random.nextDouble() * 100 : random.nextDouble() * 100);
            service.add(onSunday ? "overnight" : "standard", true);
        }
        Map<FeatureDrift.Reference, Long> distances = Map.of(monday, 6_000L, sunday, 2_000L);
        Map<FeatureDrift.Reference, Long> services = Map.of(new FeatureDrift.Reference(null, Map.of("standard", 1.0), 0), 6_000L,
                new FeatureDrift.Reference(null, Map.of("overnight", 1.0), 0), 2_000L);
        assertThat(FeatureDrift.of(
                Map.of("distance_km", FeatureDrift.Reference.mixed(distances), "service", FeatureDrift.Reference.mixed(services)),
                Map.of("distance_km", distance, "service", service))).hasSize(2)
                .allSatisfy(each -> assertThat(each.score()).as(each.toString()).isLessThan(each.threshold()));
        assertThat(FeatureDrift.of(Map.of("distance_km", monday), Map.of("distance_km", distance)).getFirst().drifted())
                .as("by Monday alone").isTrue();
        assertThat(FeatureDrift.Reference.mixed(distances).missing()).isCloseTo(0.1, within(1e-9));
    }

    @Test
    void replicas_mergeIntoOne_inBoundedMemory() {
        FeatureSketch whole = FeatureSketch.ofNumbers();
        FeatureSketch[] replicas = {FeatureSketch.ofNumbers(), FeatureSketch.ofNumbers(), FeatureSketch.ofNumbers()};
        Random random = new Random(3);
        for (int i = 0; i < 300_000; i++) {
            double value = random.nextGaussian();
            whole.add(value);
            replicas[i % 3].add(value);
        }
        FeatureSketch merged = FeatureSketch.ofNumbers();
        for (FeatureSketch each : replicas) {
            merged.merge(each.state());
        }
        assertThat(merged.count()).isEqualTo(300_000);
        assertThat(merged.quantiles(5)[2]).isCloseTo(whole.quantiles(5)[2], within(0.03));
        byte[] bytes = merged.state().numbers();
        assertThat(bytes).isNotNull();
        // 57 features of this size are far below 2 MB.
        assertThat(bytes.length).isLessThan(30_000);

        FeatureSketch names = FeatureSketch.ofNames();
        for (int i = 0; i < 100_000; i++) {
            names.add("sku-" + i, true);
        }
        assertThat(names.state().names()).hasSizeLessThanOrEqualTo(501);
        assertThat(names.count()).isEqualTo(100_000);
    }
}
