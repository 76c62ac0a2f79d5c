package dev.doorstep.predictionservice.promise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.PredictionRequest;
import dev.doorstep.featurestore.StoreSettings;
import dev.doorstep.predictionservice.PredictionSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QuoteTokensTest {
    private static final String SECRET = "a secret of more than 32 characters";
    private static final String OTHER = "another secret of 32 characters or so";
    private final Quote quote = new Quote(UUID.fromString("01933c5e-0000-7000-8000-000000000001"),
            Instant.parse("2024-11-18T20:00:00.123Z"),
            LocalDate.of(2024, 11, 21), 0.9, 0.9341, new PredictionAnswer.Window(LocalDate.of(2024, 11, 20), LocalDate.of(2024, 11, 20),
                    LocalDate.of(2024, 11, 22), 0.9512),
            "America/Los_Angeles", Basis.CARRIER_TABLE, "standard", new PredictionAnswer.Model("carrier-table", "1.0.0"), "ab".repeat(32),
            "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");

    @Test
    void read_ownToken_givesTheQuoteBack() {
        String token = tokens(SECRET).write(quote);
        assertThat(tokens(SECRET).read(token)).isEqualTo(quote);
        assertThat(token).matches("[A-Za-z0-9_-]+").hasSizeLessThan(350);
    }

    @Test
    void read_withoutSubjectOrQuestion_givesTheQuoteBack() {
        for (Quote each : List.of(quote(null, null), quote("ab".repeat(16), null), quote(null, "ab".repeat(16)))) {
            assertThat(tokens(SECRET).read(tokens(SECRET).write(each))).isEqualTo(each);
        }
    }

    private Quote quote(@Nullable String subject, @Nullable String question) {
        return new Quote(quote.predictionId(), quote.validUntil(), quote.deliveryDate(), quote.targetConfidence(), quote.probability(),
                quote.window(), quote.timeZone(), quote.basis(), quote.service(), quote.model(), quote.policyDigest(), subject, question);
    }

    @Test
    void quote_ofSeveralParcels_holdsWhicheverIsTheSlowest() {
        Instant before = quote.validUntil().minusSeconds(1);
        assertThat(quote.answers(quote.question(), Set.of("overnight", "standard"), before)).isTrue();
        assertThat(quote.answers(quote.question(), Set.of("overnight"), before)).isFalse();
        assertThat(quote.answers(quote.question(), Set.of("standard"), quote.validUntil())).isFalse();
        assertThat(quote(null, null).answers(null, Set.of("standard"), before)).isFalse();
    }

    @Test
    void question_ofOtherPlacesItemsOrConfidence_isAnother() {
        PredictionRequest one = request("94110", List.of(item("a", null), item("b", 1)), List.of(), 0.9);
        assertThat(Question.of(request("94110", List.of(item("a", 1), item("b", null)), null, null))).isEqualTo(Question.of(one));
        assertThat(List.of(one, request("94111", one.items(), List.of(), 0.9), request("94110", one.items(), List.of("overnight"), 0.9),
                request("94110", List.of(item("a", 2), item("b", 1)), List.of(), 0.9),
                request("94110", List.of(item("b", 1), item("a", 1)), List.of(), 0.9),
                request("94110", List.of(item("a1", 1), item("b", 1)), List.of(), 0.9),
                request("94110", one.items(), List.of(), 0.95))).extracting(Question::of).doesNotHaveDuplicates();
    }

    private static PredictionRequest request(String postalCode, List<PredictionRequest.Item> items, @Nullable List<String> services,
            @Nullable Double confidence) {
        return new PredictionRequest(new PredictionRequest.Destination("us", postalCode), items, null, services, confidence, null, null,
                null, null, null);
    }

    private static PredictionRequest.Item item(String sku, @Nullable Integer quantity) {
        return new PredictionRequest.Item(sku, quantity, null);
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
                        secrets, 100, Duration.ofDays(2), 1, 1));
    }
}
