package dev.doorstep.watching.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against what Evidently itself says of the same samples: see make_drift_vectors.py. */
class SamplesTest {
    /** Of the quantiles in a bundle. */
    private static final int STEPS = 200;

    static Stream<JsonNode> cases() throws IOException {
        try (InputStream in = Objects.requireNonNull(SamplesTest.class.getResourceAsStream("/drift/evidently.json"))) {
            return new JsonMapper().readTree(in).valueStream();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void statistics_andVerdict_agreeWithEvidently(JsonNode vector) {
        boolean numbers = vector.path("kind").asString().equals("numeric");
        Map<String, Double> scores = new TreeMap<>();
        vector.path("scores").propertyStream().forEach(each -> scores.put(each.getKey(), each.getValue().asDouble()));
        scores.forEach((name, expected) -> assertThat(score(statistic(name), vector, numbers)).as(vector.path("name") + " " + name)
                .isCloseTo(expected, within(1e-6)));
        Set<String> both = new TreeSet<>();
        Set<String> references = new TreeSet<>();
        vector.path("reference").forEach(each -> references.add(each.asString()));
        both.addAll(references);
        vector.path("current").forEach(each -> both.add(each.asString()));
        Statistic chosen = Statistic.chosen(numbers, vector.path("reference").size(), references.size(), both.size());
        assertThat(chosen.wireName().replace("-", "")).as(vector.path("name").asString()).isEqualTo(vector.path("chosen").asString());
        double score = score(chosen, vector, numbers);
        assertThat(score).isCloseTo(vector.path("score").asDouble(), within(1e-6));
        assertThat(chosen.threshold()).isEqualTo(vector.path("threshold").asDouble());
        assertThat(chosen.isDrift(score)).as(vector.path("name").asString()).isEqualTo(vector.path("drifted").asBoolean());
    }

    /** As the service holds them: training in quantiles, what is asked in a sketch. */
    @ParameterizedTest
    @MethodSource("cases")
    void sketch_comesToTheVerdictOfTheWholeSample(JsonNode vector) {
        boolean numbers = vector.path("kind").asString().equals("numeric");
        FeatureSketch sketch = numbers ? FeatureSketch.ofNumbers() : FeatureSketch.ofNames();
        FeatureDrift.Reference reference;
        long count = vector.path("reference").size();
        if (numbers) {
            double[] sorted = Arrays.stream(numbers(vector.path("reference"))).sorted().toArray();
            reference = new FeatureDrift.Reference(IntStream.rangeClosed(0, STEPS)
                    .mapToDouble(i -> sorted[Math.round((float) i * (sorted.length - 1) / STEPS)]).toArray(), null, 0, count);
            Arrays.stream(numbers(vector.path("current"))).forEach(sketch::add);
        } else {
            Map<String, Long> trained = names(vector.path("reference"));
            Map<String, Double> shares = new TreeMap<>();
            trained.forEach((name, times) -> shares.put(name, (double) times / count));
            reference = new FeatureDrift.Reference(null, shares, 0, count);
            vector.path("current").forEach(each -> sketch.add(each.asString(), shares.containsKey(each.asString())));
        }
        FeatureDrift drift = FeatureDrift.of(Map.of("x", reference), Map.of("x", sketch)).getFirst();
        String name = vector.path("name").asString() + ", " + drift;
        assertThat(drift.statistic().wireName().replace("-", "")).as(name).isEqualTo(vector.path("chosen").asString());
        assertThat(drift.statistic().isDrift(drift.score())).as(name).isEqualTo(vector.path("drifted").asBoolean());
    }

    private static Statistic statistic(String name) {
        return Statistic.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private static double score(Statistic statistic, JsonNode vector, boolean numbers) {
        if (numbers) {
            return Samples.score(statistic, numbers(vector.path("reference")), numbers(vector.path("current")));
        }
        return Samples.score(statistic, names(vector.path("reference")), names(vector.path("current")));
    }

    private static double[] numbers(JsonNode values) {
        return values.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }

    private static Map<String, Long> names(JsonNode values) {
        Map<String, Long> counts = new TreeMap<>();
        values.forEach(each -> counts.merge(each.asString(), 1L, Long::sum));
        return counts;
    }

    @Test
    void falseDiscoveries_areAdjustedAsWorkedOutByHand() {
        // n = 3, 1 + 1/2 + 1/3 = 11/6: 0.01·3·11/6 = 0.055, 0.02·3/2·11/6 = 0.055, 0.5·11/6 > 0.9.
        assertThat(FalseDiscoveries.adjusted(new double[]{0.02, 0.5, 0.01})).satisfies(adjusted -> {
            assertThat(adjusted[0]).isCloseTo(0.055, within(1e-12));
            assertThat(adjusted[1]).isCloseTo(0.5 * 11 / 6, within(1e-12));
            assertThat(adjusted[2]).isCloseTo(0.055, within(1e-12));
        });
        assertThat(Arrays.stream(FalseDiscoveries.adjusted(new double[0])).count()).isZero();
    }
}
