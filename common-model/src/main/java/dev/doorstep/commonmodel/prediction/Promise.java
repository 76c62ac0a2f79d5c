package dev.doorstep.commonmodel.prediction;

import java.time.Instant;
import java.time.LocalDate;

/**
 * A date given to an order; it never changes.
 *
 * @param policyDigest digest of the calendars and cut-offs it was made under, hex
 * @param promisedAt when it became durable
 */
public record Promise(String promiseId, String orderId, String predictionId, LocalDate deliveryDate, double targetConfidence,
        double probability, PredictionAnswer.Window window, String timeZone, Basis basis, String service, PredictionAnswer.Model model,
        String policyDigest, Instant promisedAt) {}
