package dev.doorstep.modeltraining.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.forecasting.forest.Forest;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** On files that the makers' own converters wrote, with the scores that the makers give ({@code src/test/onnx/make_vectors.py}). */
class OnnxForestTest {
    private static final List<String> FEATURES = List.of("a", "b", "c", "d");

    @ParameterizedTest
    @ValueSource(strings = {"lightgbm", "sklearn"})
    void toLightGbm_scoresAsItsMakerDoes(String name) throws IOException {
        Forest forest = Forest.read(OnnxForest.toLightGbm(bytes(name + ".onnx"), FEATURES));
        Forest.Plan plan = forest.plan();
        Forest.Scratch scratch = forest.scratch();
        JsonNode vectors = new JsonMapper().readTree(bytes(name + ".json"));
        assertThat(vectors).hasSize(400).allSatisfy(vector -> {
            double[] row = new double[FEATURES.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = vector.path("row").get(i).isNull() ? Double.NaN : vector.path("row").get(i).asDouble();
            }
            plan.fix(row, scratch);
            // Leaves are floats in ONNX.
            assertThat(plan.score(row, scratch)).isCloseTo(vector.path("score").asDouble(), within(2e-5));
        });
        assertThat(forest.objective()).isEqualTo("binary sigmoid:1");
    }

    @Test
    void toLightGbm_whatIsNone_isRefusedByName() throws IOException {
        byte[] good = bytes("sklearn.onnx");
        assertRefused(new byte[0], FEATURES, "graph");
        assertRefused("tree\nversion=v4\n".getBytes(UTF_8), FEATURES, "file");
        assertRefused(Arrays.copyOf(good, good.length / 2), FEATURES, "file");
        assertRefused(good, List.of("a"), "nodes_featureids");
        assertRefused(replaced(good, "LOGISTIC", "SOFTMAX_"), FEATURES, "post_transform");
        assertRefused(replaced(good, "BRANCH_LEQ", "BRANCH_XXX"), FEATURES, "nodes_modes");
        assertRefused(replaced(good, "TreeEnsembleClassifier", "TreeEnsembleClassifies"), FEATURES, "graph");
        assertRefused(replaced(good, "nodes_truenodeids", "nodes_treenodeids"), FEATURES, "nodes_truenodeids");
    }

    @Test
    void toLightGbm_equalitiesThatComeBackToThemselves_areRefused() throws IOException {
        // 0 leads to 1, 1 to 2 and 2 back to 1; 3 is their common leaf.
        byte[] ensemble = message(
                out -> out.writeString(4, "TreeEnsembleClassifier"), out -> out.writeByteArray(5, texts("post_transform", "LOGISTIC")),
                out -> out.writeByteArray(5, texts("nodes_modes", "BRANCH_EQ", "BRANCH_EQ", "BRANCH_EQ", "LEAF")),
                out -> out.writeByteArray(5, integers("nodes_treeids", 0, 0, 0, 0)),
                out -> out.writeByteArray(5, integers("nodes_nodeids", 0, 1, 2, 3)),
                out -> out.writeByteArray(5, integers("nodes_featureids", 0, 0, 0, 0)),
                out -> out.writeByteArray(5, integers("nodes_truenodeids", 3, 3, 3, 0)),
                out -> out.writeByteArray(5, integers("nodes_falsenodeids", 1, 2, 1, 0)),
                out -> out.writeByteArray(5, message(name -> name.writeString(1, "nodes_values"), value -> value.writeFloat(7, 1),
                        value -> value.writeFloat(7, 2), value -> value.writeFloat(7, 3), value -> value.writeFloat(7, 0))));
        byte[] model = message(out -> out.writeByteArray(7, message(graph -> graph.writeByteArray(1, ensemble))));
        assertRefused(model, FEATURES, "nodes_falsenodeids");
    }

    private interface Part {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Part... parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        for (Part part : parts) {
            part.write(out);
        }
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] texts(String name, String... values) throws IOException {
        return message(out -> out.writeString(1, name), out -> {
            for (String value : values) {
                out.writeString(values.length == 1 ? 4 : 9, value);
            }
        });
    }

    private static byte[] integers(String name, long... values) throws IOException {
        return message(out -> out.writeString(1, name), out -> {
            for (long value : values) {
                out.writeInt64(8, value);
            }
        });
    }

    private static byte[] replaced(byte[] bytes, String from, String to) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).replace(from, to)
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static void assertRefused(byte[] bytes, List<String> features, String field) {
        assertThatThrownBy(() -> OnnxForest.toLightGbm(bytes, features)).isInstanceOfSatisfying(DoorstepException.class,
                e -> assertThat(e.field()).as(e.getMessage()).isEqualTo(field));
    }

    private static byte[] bytes(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(OnnxForestTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }
}
