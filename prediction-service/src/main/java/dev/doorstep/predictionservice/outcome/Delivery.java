package dev.doorstep.predictionservice.outcome;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.doorstep.commonmodel.message.Outcome;
import dev.doorstep.commonmodel.prediction.Promise;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of a promise, from all scans that name it.
 *
 * @param promiseId the promise
 * @param state what is known: delivered once all of its parcels are, else lost, cancelled or on its way
 * @param deliveredAt when the last of its parcels was first delivered, or null
 * @param deliveredOn the same as a day where it went, or null
 * @param promisedFor the promised day
 * @param kept whether it came by then; null while nobody can tell
 * @param scans in the order in which they happened
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Delivery(String promiseId, State state, @Nullable Instant deliveredAt, @Nullable LocalDate deliveredOn, LocalDate promisedFor,
        @Nullable Boolean kept, List<Outcome> scans) {
    /** What is known of a parcel. */
    enum State {
        UNKNOWN, ON_THE_WAY, CANCELLED, LOST, DELIVERED
    }

    Delivery {
        scans = List.copyOf(scans);
    }

    /**
     * Judges all scans of a promise; those from before it was made are left out.
     *
     * @param parcels how many the order has, as far as it is known
     */
    static Delivery of(Promise promise, List<Outcome> all, int parcels) {
        List<Outcome> scans = all.stream().filter(scan -> !isEarly(promise, scan))
                .sorted(Comparator.comparing(Outcome::occurredAt).thenComparing(Outcome::outcomeId)).toList();
        Map<String, Instant> delivered = new TreeMap<>();
        State worst = scans.isEmpty() ? State.UNKNOWN : State.ON_THE_WAY;
        Instant whole = null;
        for (Outcome scan : scans) {
            String parcel = scan.shipmentId();
            if (scan.type() == Outcome.Type.DELIVERED && parcel == null) {
                // A scan that names no parcel is of all of them.
                whole = whole == null ? scan.occurredAt() : whole;
            } else if (scan.type() == Outcome.Type.DELIVERED) {
                delivered.putIfAbsent(parcel, scan.occurredAt());
            } else if (scan.type() == Outcome.Type.LOST) {
                worst = State.LOST;
            } else if (scan.type() == Outcome.Type.CANCELLED && worst != State.LOST) {
                worst = State.CANCELLED;
            }
        }
        Instant last = whole != null
                ? whole
                : delivered.size() < Math.max(1, parcels) ? null : delivered.values().stream().max(Comparator.naturalOrder()).orElseThrow();
        State state = last == null ? worst : State.DELIVERED;
        LocalDate day = last == null ? null : LocalDate.ofInstant(last, ZoneId.of(promise.timeZone()));
        Boolean kept = day != null ? Boolean.valueOf(!day.isAfter(promise.deliveryDate())) : state == State.LOST ? Boolean.FALSE : null;
        return new Delivery(promise.promiseId(), state, last, day, promise.deliveryDate(), kept, scans);
    }

    static boolean isEarly(Promise promise, Outcome scan) {
        return scan.occurredAt().isBefore(promise.promisedAt());
    }
}
