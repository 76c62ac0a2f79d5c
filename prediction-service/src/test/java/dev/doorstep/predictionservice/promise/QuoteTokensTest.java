package dev.doorstep.predictionservice.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.predictionservice.PredictionSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QuoteTokensTest {
    private static final String SECRET = "a secret of more than 32 characters";
    private static final String OTHER = "another secret of 32 characters or so";
    private final Quote quote = new Quote(UUID.fromString("01933c5e-0000-7000-8000-000000000001"),
            Instant.parse("2024-11-18T20:00:00.123Z"),
            LocalDate.of(2024, 11, 21), 0.9, 0.9341, new PredictionAnswer.Window(LocalDate.of(2024, 11, 20), LocalDate.of(2024, 11, 20),
                    LocalDate.of(2024, 11, 22), 0.9512),
            "America/Los_Angeles", Basis.CARRIER_TABLE, "standard", new PredictionAnswer.Model("carrier-table", "1.0.0"), "ab".repeat(32),
            "0123456789abcdef0123456789abcdef");

    @Test
    void read_ownToken_givesTheQuoteBack() {
        String token = tokens(SECRET).write(quote);
        assertThat(tokens(SECRET).read(token)).isEqualTo(quote);
        assertThat(token).matches("[A-Za-z0-9_-]+").hasSizeLessThan(330);
    }

    @Test
    void read_afterRotation_stillReadsTheOldSecret() {
        String token = tokens(SECRET).write(quote);
        assertThat(tokens(OTHER, SECRET).read(token)).isEqualTo(quote);
        assertInvalid(tokens(OTHER), token);
    }

    @Test
    void read_anyChangedByte_isInvalid() {
        QuoteTokens tokens = tokens(SECRET);
        byte[] bytes = Base64.getUrlDecoder().decode(tokens.write(quote));
        for (int i = 0; i < bytes.length; i++) {
            byte[] changed = bytes.clone();
            changed[i] ^= 1;
            assertInvalid(tokens, Base64.getUrlEncoder().withoutPadding().encodeToString(changed));
        }
        for (String rubbish : List.of("", "?", "AAAA", "AQ", "A".repeat(2000))) {
            assertInvalid(tokens, rubbish);
        }
    }

    @Test
    void settings_shortSecretOrContradiction_isRefusedByName() {
        assertThatThrownBy(() -> settings(List.of("short"), Duration.ofMillis(25))).hasMessageContaining("token-secrets[0]")
                .hasMessageNotContaining("short");
        assertThatThrownBy(() -> settings(List.of(), Duration.ofMillis(300))).hasMessageContaining("lookup-timeout")
                .hasMessageContaining("feature-budget");
    }

    private static void assertInvalid(QuoteTokens tokens, String token) {
        assertThatThrownBy(() -> tokens.read(token)).isInstanceOfSatisfying(DoorstepException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TOKEN);
            assertThat(e.field()).isEqualTo("token");
        });
    }

    private static QuoteTokens tokens(String... secrets) {
        return new QuoteTokens(settings(List.of(secrets), Duration.ofMillis(25)));
    }

    private static PredictionSettings settings(List<String> secrets, Duration budget) {
        return new PredictionSettings(
                new StoreSettings(null, "eu-central-1", "test", false, Duration.ofSeconds(1), Duration.ofDays(14), Duration.ofDays(30),
                        Duration.ofDays(8)),
                new PredictionSettings.Prediction(null, null, budget, Duration.ofMillis(250), Duration.ofSeconds(30),
                        Duration.ofMinutes(10),
                        1000,
                        secrets, List.of(), 100, Duration.ofDays(2), 1, 1));
    }
}
