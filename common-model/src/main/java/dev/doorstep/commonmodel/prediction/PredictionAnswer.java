package dev.doorstep.commonmodel.prediction;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.doorstep.commonmodel.feature.FeatureValue;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * On which day a parcel arrives and how sure that is.
 *
 * @param deliveryDate first day by which it has arrived with at least the target confidence, in {@code timeZone}
 * @param targetConfidence the asked confidence
 * @param probability that it has arrived by the end of {@code deliveryDate}; at least the target
 * @param timeZone IANA zone of the destination
 * @param orderBy the cut-off instant up to which this answer holds
 * @param afterCutoff the answer to an order that misses it
 * @param validUntil until when the token can become a promise
 * @param reasonCodes why the answer is as it is, stable codes
 * @param token turns the answer into a promise; opaque
 * @param distribution only with {@code include=distribution}
 * @param timeline only with {@code include=timeline}
 * @param options only with {@code include=options}
 * @param byConfidence only with {@code include=options}
 * @param shipments of an order from several origins: each parcel by itself
 * @param orderComplete of an order from several origins: when the last parcel has arrived, which is also what the answer itself says
 * @param calibration only with {@code include=calibration}, where a model answered
 * @param features only with {@code include=features}: what was known of the order, and how well
 * @param reasons only with {@code include=reasons}: what moved the date most, the strongest first; empty where no model answered
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PredictionAnswer(String predictionId, LocalDate deliveryDate, double targetConfidence, double probability, Window window,
        String timeZone, Instant orderBy, AfterCutoff afterCutoff, Instant validUntil, Basis basis, String service,
        List<String> reasonCodes,
        Model model, String token, @Nullable List<Day> distribution, @Nullable Timeline timeline, @Nullable List<Option> options,
        @Nullable List<AtConfidence> byConfidence, @Nullable List<Shipment> shipments, @Nullable OrderComplete orderComplete,
        @Nullable Calibration calibration, @Nullable List<FeatureValue> features, @Nullable List<Reason> reasons) {

    /**
     * The span in which it most likely arrives.
     *
     * @param likelyDate the single most probable day
     * @param probability of arriving between earliest and latest date, both included
     */
    public record Window(LocalDate earliestDate, LocalDate likelyDate, LocalDate latestDate, double probability) {}

    /** The date for an order placed just after {@code orderBy}. */
    public record AfterCutoff(LocalDate deliveryDate) {}

    /** What made the forecast. */
    public record Model(String name, String version) {}

    /**
     * One day of the distribution.
     *
     * @param probability of arriving on this day
     * @param cumulative of having arrived by its end
     */
    public record Day(LocalDate date, double probability, double cumulative) {}

    /**
     * The likely way there, in dates of the place where each step happens.
     *
     * @param handling day on which preparing starts
     * @param pickup day on which the carrier collects
     * @param transit day on which it is delivered
     * @param closed days between the order and delivery on which someone on the way does not work
     */
    public record Timeline(LocalDate handling, LocalDate pickup, LocalDate transit, List<LocalDate> closed) {}

    /** The date another service would give. */
    public record Option(String service, LocalDate deliveryDate, double probability) {}

    /** One parcel of several, by itself. */
    public record Shipment(String origin, List<String> skus, String service, LocalDate deliveryDate, double probability, Window window,
            Basis basis) {}

    /** The day by which the last parcel has arrived. */
    public record OrderComplete(LocalDate deliveryDate, double probability) {}

    /**
     * The past deliveries that the probability was corrected by.
     *
     * @param target the asked confidence
     * @param group lane or region, or {@code all}
     * @param count how many
     * @param readAt the model's own probability at which the target is read, by what came of its orders lately; null where nothing is known
     *     of that
     * @param observed share of mature promises at this confidence that were kept in this group, or null where there is none yet
     * @param low lower end of its 95 % interval, or null as {@code observed} is
     * @param high upper end of its 95 % interval, or null as {@code observed} is
     * @param window how many promises that rests on, and from which days
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Calibration(double target, String group, int count, @Nullable Double readAt, @Nullable Double observed,
            @Nullable Double low, @Nullable Double high, @Nullable Cohorts window) {
        /**
         * What an observed share rests on.
         *
         * @param count promises
         * @param from first day of their orders
         * @param to last day of their orders
         */
        public record Cohorts(int count, LocalDate from, LocalDate to) {}
    }

    /**
     * Something that moved the date.
     *
     * @param code stable
     * @param days by which the expected day is later than if this were not known of the order, to one digit; negative where it is sooner
     * @param params what it is in this order
     * @param text the same for a person, in the language of the request
     */
    public record Reason(String code, double days, Map<String, String> params, String text) {}

    /** The date at another confidence. */
    public record AtConfidence(double confidence, LocalDate deliveryDate) {}
}
