package dev.doorstep.commonmodel.prediction;

import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;

/**
 * Asks on which day a parcel arrives.
 *
 * @param destination where it goes
 * @param items what is in it, 1 to 200 lines
 * @param origin name of the place it leaves from as the policy knows it; null for the policy's default
 * @param services delivery services to choose from; null or empty for the session's choice, else the policy's default
 * @param confidence how sure the date must be, 0.01 to 0.999; null for 0.9
 * @param createdDateTime instant of the question, epoch milliseconds or ISO-8601 with an offset; null for now
 * @param customerKey opaque key of the customer, or null
 * @param sessionId clickstream session, or null
 * @param orderId the order, once there is one, or null
 * @param token of an earlier answer to the same question, whose date is kept for as long as it is valid; or null
 */
public record PredictionRequest(@NotNull @Valid Destination destination, @NotEmpty @Size(max = 200) List<@NotNull @Valid Item> items,
        @Nullable @Size(max = 64) String origin, @Nullable @Size(max = 10) List<@NotBlank @Size(max = 64) String> services,
        @Nullable @DecimalMin("0.01") @DecimalMax("0.999") Double confidence,
        @JsonDeserialize(using = InstantReader.class) @Nullable Instant createdDateTime,
        @Nullable @Size(max = 256) String customerKey, @Nullable @Size(max = 256) String sessionId,
        @Nullable @Size(max = 256) String orderId, @Nullable @Size(max = 2048) String token) {
    /** The confidence of a request that names none. */
    public static final double DEFAULT_CONFIDENCE = 0.9;

    /**
     * Where a parcel goes.
     *
     * @param country ISO 3166-1 alpha-2
     * @param postalCode as the customer wrote it, or null where the country has none
     */
    public record Destination(@NotBlank @Pattern(regexp = "[A-Za-z]{2}", message = "must be a two-letter country code") String country,
            @Nullable @Size(max = 16) String postalCode) {}

    /**
     * One line of the parcel.
     *
     * @param sku the store's article number
     * @param quantity pieces, 1 to 1,000,000; null for 1
     * @param origin name of the place that it leaves from, where that is not the order's; items of one origin travel in one parcel
     */
    public record Item(@NotBlank @Size(max = 256) String sku, @Nullable @Min(1) @Max(1_000_000) Integer quantity,
            @Nullable @Size(max = 64) String origin) {}

    /** The same without whom it is for: what is left tells of no person but where a parcel goes. */
    public PredictionRequest withoutCustomer() {
        return new PredictionRequest(destination, items, origin, services, confidence, createdDateTime, null, null, null, null);
    }

    /** The asked confidence, or the default. */
    public double targetConfidence() {
        return confidence == null ? DEFAULT_CONFIDENCE : confidence;
    }
}
