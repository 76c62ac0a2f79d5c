package dev.doorstep.predictionservice.promise;

import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.featurestore.PromiseStore;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The part of an answer that a promise is made from.
 *
 * @param policyDigest SHA-256 of the policy, 64 hex digits
 * @param subject whose it is, as the store names customers, or null where nobody said
 * @param question what was asked, as {@link Question} gives it; null where the same question gets a new answer
 */
public record Quote(UUID predictionId, Instant validUntil, LocalDate deliveryDate, double targetConfidence, double probability,
        PredictionAnswer.Window window, String timeZone, Basis basis, String service, PredictionAnswer.Model model, String policyDigest,
        @Nullable String subject, @Nullable String question) {
    /** The same as its customer can be told it again, with the token that carries it; none where it is nobody's or answers no question. */
    public Optional<PromiseStore.Quoted> keptAs(String token) {
        return subject == null || question == null
                ? Optional.empty()
                : Optional.of(new PromiseStore.Quoted(subject, question, token, validUntil));
    }

    /** Whether it still holds as the answer to a question that would be answered for parcels of these services. */
    public boolean answers(@Nullable String asked, Set<String> offered, Instant now) {
        return question != null && question.equals(asked) && offered.contains(service) && now.isBefore(validUntil);
    }
}
