package dev.doorstep.commonmodel.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.doorstep.commonmodel.document.Product;
import dev.doorstep.commonmodel.document.Shipping;
import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.feature.FeatureStatus;
import dev.doorstep.commonmodel.feature.FeatureValue;
import dev.doorstep.commonmodel.feature.SessionFeatures;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The records that every release wrote stay readable, and this release writes what it reads. */
class GoldenRecordsTest {
    private final MessageCodec codec = new MessageCodec();

    static Stream<Arguments> records() {
        return Stream.of(arguments("event", new EventRecord("e1", 1731880381293L, "s1", "cart_add", "c1",
                List.of(new Product("A", 2, 9.5, 3, "fragile")), new Shipping("US", "94110", "standard"), "ab".repeat(32), 1731880400000L,
                "http", "req-1/0")),
                arguments("event-minimal", new EventRecord("e2", 0, null, null, null, List.of(), null, "cd".repeat(32), 1, "file",
                        "a.json/7")),
                arguments("features-changed", new FeaturesChanged("session#s1",
                        new SessionFeatures("s1", 4, 2, 1, 1, 3, 1000, 2000, "standard", 4))),
                arguments("outcome", new Outcome("o1", "p1", "order-1", "box-1", Outcome.Type.DELIVERED,
                        Instant.parse("2024-11-20T10:00:00Z"))),
                arguments("prediction-served", served(null, null, null, null)),
                arguments("prediction-served-in-safe-mode", served("00ab", Basis.CALENDAR, "00cd", null)),
                arguments("prediction-served-calibrated", served("00ab", null, "00cd", LocalDate.of(2024, 11, 3))));
    }

    private static PredictionServed served(@Nullable String modelDigest, @Nullable Basis safeMode, @Nullable String policyDigest,
            @Nullable LocalDate liveUntil) {
        return new PredictionServed(1731880400000L,
                new PredictionAnswer("id", LocalDate.of(2024, 11, 21), 0.9, 0.93,
                        new PredictionAnswer.Window(LocalDate.of(2024, 11, 20), LocalDate.of(2024, 11, 20),
                                LocalDate.of(2024, 11, 22), 0.94),
                        "America/Los_Angeles", Instant.parse("2024-11-18T22:00:00Z"),
                        new PredictionAnswer.AfterCutoff(LocalDate.of(2024, 11, 22)), Instant.parse("2024-11-18T22:00:00Z"),
                        Basis.CARRIER_TABLE, "standard", List.of("AFTER_CUTOFF"), new PredictionAnswer.Model("carrier-table", "1"),
                        "t", null, null, null, null, null, null, null, null, null),
                List.of(new FeatureValue("session_views", "2", FeatureStatus.PRESENT, "near-cache", 12L)), null, modelDigest, safeMode,
                policyDigest, liveUntil, null, null, null);
    }

    @ParameterizedTest
    @MethodSource("records")
    void read_goldenRecord_givesTheSameValue(String name, Object expected) throws IOException {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/golden/0.1.0/" + name + ".json"), name)) {
            byte[] golden = in.readAllBytes();
            assertThat(codec.read(golden, expected.getClass())).isEqualTo(expected);
            assertThat(new String(codec.write(expected), StandardCharsets.UTF_8))
                    .isEqualTo(new String(golden, StandardCharsets.UTF_8).strip());
        }
    }

    @Test
    void read_goldenDeadLetter_givesTheSameValue() throws IOException {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/golden/0.1.0/dead-letter.json"))) {
            DeadLetter letter = codec.read(in.readAllBytes(), DeadLetter.class);
            assertThat(letter.key()).isEqualTo("http/req-1/3/ingest-service/" + letter.sha256());
            assertThat(letter.reason()).isEqualTo(ErrorCode.MISSING_ID);
            assertThat(new String(letter.original(), StandardCharsets.UTF_8)).isEqualTo("{\"x\":1}");
        }
    }

    @Test
    void read_unknownFields_areSkipped() {
        byte[] later = "{\"entity\":\"sku#A\",\"added\":{\"later\":[1]}}".getBytes(StandardCharsets.UTF_8);
        assertThat(codec.read(later, FeaturesChanged.class)).isEqualTo(new FeaturesChanged("sku#A", null));
    }

    @Test
    void read_somethingElse_isUnreadable() {
        for (String text : List.of("", "null", "{}", "[]", "{\"id\":", "{\"id\":7,\"createdDateTime\":\"x\"}")) {
            assertThatThrownBy(() -> codec.read(text.getBytes(StandardCharsets.UTF_8), EventRecord.class))
                    .asInstanceOf(type(DoorstepException.class)).extracting(DoorstepException::code).isEqualTo(ErrorCode.UNREADABLE_RECORD);
        }
    }
}
