package dev.doorstep.watching.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class FeatureDriftTest {
    private static final Map<String, FeatureDrift.Reference> REFERENCES = Map.of("distance_km",
            new FeatureDrift.Reference(new double[]{0, 200, 400, 600, 800, 1000}, null, 0.01, 40_000), "service",
            new FeatureDrift.Reference(null, Map.of("standard", 0.7, "overnight", 0.3), 0, 40_000));

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
    void statistic_isChosenByTypeAndSizeOfTheTraining_asEvidentlyDoes() {
        FeatureSketch distance = FeatureSketch.ofNumbers();
        FeatureSketch items = FeatureSketch.ofNumbers();
        FeatureSketch service = FeatureSketch.ofNames();
        FeatureSketch carrier = FeatureSketch.ofNames();
        Random random = new Random(2);
        for (int i = 0; i < 2_000; i++) {
            distance.add(random.nextDouble() * 1000);
            items.add(1.0 + random.nextInt(2));
            service.add(random.nextDouble() < 0.7 ? "standard" : "overnight", true);
            carrier.add("abc".substring(i % 3, i % 3 + 1), true);
        }
        Map<String, FeatureSketch> seen = Map.of("distance_km", distance, "items", items, "service", service, "carrier", carrier);
        assertThat(statistics(seen, 1_001)).isEqualTo(Map.of("carrier", Statistic.JENSEN_SHANNON, "distance_km", Statistic.WASSERSTEIN,
                "items", Statistic.JENSEN_SHANNON, "service", Statistic.JENSEN_SHANNON));
        assertThat(statistics(seen, 1_000)).isEqualTo(Map.of("carrier", Statistic.CHI_SQUARE, "distance_km", Statistic.KS, "items",
                Statistic.CHI_SQUARE, "service", Statistic.Z));
        // A small training: what differs by chance passes, what differs passes not.
        assertThat(FeatureDrift.of(references(1_000), seen)).allSatisfy(each -> assertThat(each.drifted()).as(each.toString()).isFalse());
        FeatureSketch others = FeatureSketch.ofNumbers();
        FeatureSketch more = FeatureSketch.ofNumbers();
        FeatureSketch faster = FeatureSketch.ofNames();
        FeatureSketch one = FeatureSketch.ofNames();
        for (int i = 0; i < 500; i++) {
            others.add(150 + random.nextDouble() * 850);
            more.add(1.0 + Math.min(1, random.nextInt(4)));
            faster.add(random.nextDouble() < 0.5 ? "standard" : "overnight", true);
            one.add("a", true);
        }
        assertThat(FeatureDrift.of(references(1_000), Map.of("distance_km", others, "items", more, "service", faster, "carrier", one)))
                .hasSize(4).allSatisfy(each -> {
                    assertThat(each.drifted()).as(each.toString()).isTrue();
                    assertThat(each.score()).isLessThan(0.05);
                });
    }

    @Test
    void smallTraining_isASampleItself() {
        // 300 orders, of which 73 % went by standard where 70 % do: 1.1 standard errors.
        Map<String, FeatureDrift.Reference> trained = Map.of("service",
                new FeatureDrift.Reference(null, Map.of("standard", 0.73, "overnight", 0.27), 0, 300));
        FeatureSketch service = FeatureSketch.ofNames();
        for (int i = 0; i < 3_000; i++) {
            service.add(i % 10 < 7 ? "standard" : "overnight", true);
        }
        FeatureDrift drift = FeatureDrift.of(trained, Map.of("service", service)).getFirst();
        assertThat(drift.statistic()).isEqualTo(Statistic.Z);
        assertThat(drift.score()).isCloseTo(0.28, within(0.02));
        assertThat(drift.drifted()).isFalse();
        assertThat(drift.distance()).isLessThan(1);
    }

    @Test
    void smallTrainingOfNumbers_isASampleItself() {
        Random random = new Random(5);
        int wrong = 0;
        // Twenty reports of twenty features that have not changed since 300 orders were trained with.
        for (int report = 0; report < 20; report++) {
            Map<String, FeatureDrift.Reference> trained = new HashMap<>();
            Map<String, FeatureSketch> seen = new HashMap<>();
            for (int feature = 0; feature < 20; feature++) {
                double[] sample = random.doubles(300).sorted().toArray();
                double[] quantiles = new double[201];
                for (int i = 0; i <= 200; i++) {
                    quantiles[i] = sample[299 * i / 200];
                }
                trained.put("f" + feature, new FeatureDrift.Reference(quantiles, null, 0, 300));
                FeatureSketch sketch = FeatureSketch.ofNumbers();
                random.doubles(3_000).forEach(sketch::add);
                seen.put("f" + feature, sketch);
            }
            wrong += FeatureDrift.of(trained, seen).stream().anyMatch(FeatureDrift::drifted) ? 1 : 0;
        }
        assertThat(wrong).isLessThanOrEqualTo(1);
    }

    @Test
    void fewValuesOfTwoDays_stayTheValuesThatTheyAre() {
        double[] pieces = new double[201];
        Arrays.fill(pieces, 0, 120, 1);
        Arrays.fill(pieces, 120, 201, 3);
        FeatureDrift.Reference day = new FeatureDrift.Reference(pieces, null, 0, 40_000);
        FeatureDrift.Reference other = new FeatureDrift.Reference(pieces.clone(), null, 0, 40_000);
        FeatureSketch items = FeatureSketch.ofNumbers();
        for (int i = 0; i < 2_010; i++) {
            items.add(i % 201 < 120 ? 1 : 3);
        }
        FeatureDrift drift = FeatureDrift.of(Map.of("items", FeatureDrift.Reference.mixed(Map.of(day, 900L, other, 1_100L))),
                Map.of("items", items)).getFirst();
        assertThat(drift.statistic()).isEqualTo(Statistic.JENSEN_SHANNON);
        assertThat(drift.score()).isLessThan(0.02);
    }

    private static Map<String, Statistic> statistics(Map<String, FeatureSketch> seen, long count) {
        return FeatureDrift.of(references(count), seen).stream().collect(Collectors.toMap(FeatureDrift::feature, FeatureDrift::statistic));
    }

    private static Map<String, FeatureDrift.Reference> references(long count) {
        double[] items = new double[201];
        Arrays.fill(items, 0, 100, 1);
        Arrays.fill(items, 100, 201, 2);
        return Map.of("distance_km", new FeatureDrift.Reference(new double[]{0, 200, 400, 600, 800, 1000}, null, 0, count), "items",
                new FeatureDrift.Reference(items, null, 0, count), "service",
                new FeatureDrift.Reference(null, Map.of("standard", 0.7, "overnight", 0.3), 0, count), "carrier",
                new FeatureDrift.Reference(null, Map.of("a", 0.34, "b", 0.33, "c", 0.33), 0, count));
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
    void valuesThatAreAllMissing_orWereInTraining_areDrift() {
        FeatureSketch distance = FeatureSketch.ofNumbers();
        FeatureSketch service = FeatureSketch.ofNames();
        FeatureSketch weight = FeatureSketch.ofNumbers();
        FeatureSketch color = FeatureSketch.ofNames();
        for (int i = 0; i < 500; i++) {
            distance.add(Double.NaN);
            service.add(null, false);
            weight.add(i);
            color.add(null, false);
        }
        Map<String, FeatureDrift.Reference> references = new HashMap<>(REFERENCES);
        references.put("weight", new FeatureDrift.Reference(new double[0], null, 1, 40_000));
        references.put("color", new FeatureDrift.Reference(null, Map.of(), 1, 40_000));
        Map<String, FeatureSketch> seen = Map.of("distance_km", distance, "service", service, "weight", weight, "color", color);
        assertThat(FeatureDrift.of(references, seen)).extracting(FeatureDrift::feature, FeatureDrift::missing, FeatureDrift::drifted)
                .containsExactly(tuple("distance_km", 1.0, true), tuple("service", 1.0, true), tuple("weight", 0.0, true));
    }

    @Test
    void ordersOfTwoDays_areHeldAgainstBothDaysTogether() {
        FeatureDrift.Reference monday = new FeatureDrift.Reference(new double[]{0, 20, 40, 60, 80, 100}, null, 0, 40_000);
        FeatureDrift.Reference sunday = new FeatureDrift.Reference(new double[]{900, 920, 940, 960, 980, 1000}, null, 0.4, 40_000);
        FeatureSketch distance = FeatureSketch.ofNumbers();
        FeatureSketch service = FeatureSketch.ofNames();
        Random random = new Random(1);
        for (int i = 0; i < 8_000; i++) {
            boolean onSunday = i % 4 == 0;
            distance.add(onSunday ? random.nextDouble() < 0.4 ? Double.NaN : 900 + random.nextDouble() * 100 : random.nextDouble() * 100);
            service.add(onSunday ? "overnight" : "standard", true);
        }
        Map<FeatureDrift.Reference, Long> distances = Map.of(monday, 6_000L, sunday, 2_000L);
        Map<FeatureDrift.Reference, Long> services = Map.of(new FeatureDrift.Reference(null, Map.of("standard", 1.0), 0, 40_000), 6_000L,
                new FeatureDrift.Reference(null, Map.of("overnight", 1.0), 0, 40_000), 2_000L);
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
