package dev.doorstep.predictionservice.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.commonmodel.message.Outcome;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.commonmodel.prediction.PredictionAnswer;
import dev.doorstep.commonmodel.prediction.Promise;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeliveryTest {
    private static final LocalDate DAY = LocalDate.of(2026, 11, 27);
    private static final Promise PROMISE = new Promise("p", "o", "q", DAY, 0.9, 0.93, new PredictionAnswer.Window(DAY, DAY, DAY, 0.9),
            "America/Chicago", Basis.LANE_MODEL, "standard", new PredictionAnswer.Model("m", "1.0.0"), "d",
            Instant.parse("2026-11-25T00:00:00Z"));

    @Test
    void severalParcels_areDeliveredWithTheLastOfThem() {
        List<Outcome> first = List.of(scan("1", "a", Outcome.Type.DELIVERED, "2026-11-26T18:00:00Z"));
        assertThat(Delivery.of(PROMISE, first, 2).state()).isEqualTo(Delivery.State.ON_THE_WAY);
        assertThat(Delivery.of(PROMISE, first, 2).kept()).isNull();
        assertThat(Delivery.of(PROMISE, first, 1).kept()).isTrue();
        List<Outcome> both = List.of(first.getFirst(), scan("2", "b", Outcome.Type.DELIVERED, "2026-11-28T18:00:00Z"));
        assertThat(Delivery.of(PROMISE, both, 2).deliveredOn()).isEqualTo(LocalDate.of(2026, 11, 28));
        assertThat(Delivery.of(PROMISE, both, 2).kept()).isFalse();
        List<Outcome> lost = List.of(first.getFirst(), scan("2", "b", Outcome.Type.LOST, "2026-11-28T18:00:00Z"));
        assertThat(Delivery.of(PROMISE, lost, 2).state()).isEqualTo(Delivery.State.LOST);
        assertThat(Delivery.of(PROMISE, lost, 2).kept()).isFalse();
    }

    @Test
    void scanWithoutAParcel_isOfTheWholeOrder() {
        List<Outcome> scans = List.of(scan("1", null, Outcome.Type.EXCEPTION, "2026-11-26T18:00:00Z"),
                scan("2", "a", Outcome.Type.DELIVERED, "2026-11-27T18:00:00Z"));
        assertThat(Delivery.of(PROMISE, scans, 1).state()).isEqualTo(Delivery.State.DELIVERED);
        assertThat(Delivery.of(PROMISE, List.of(scan("1", null, Outcome.Type.DELIVERED, "2026-11-27T18:00:00Z")), 3).kept()).isTrue();
    }

    @Test
    void cancelled_isNeitherKeptNorLate_untilItComesAllTheSame() {
        List<Outcome> cancelled = List.of(scan("1", null, Outcome.Type.CANCELLED, "2026-11-26T18:00:00Z"));
        assertThat(Delivery.of(PROMISE, cancelled, 1).state()).isEqualTo(Delivery.State.CANCELLED);
        assertThat(Delivery.of(PROMISE, cancelled, 1).kept()).isNull();
        List<Outcome> delivered = List.of(cancelled.getFirst(), scan("2", null, Outcome.Type.DELIVERED, "2026-11-27T18:00:00Z"));
        assertThat(Delivery.of(PROMISE, delivered, 1).state()).isEqualTo(Delivery.State.DELIVERED);
        assertThat(Delivery.of(PROMISE, delivered, 1).kept()).isTrue();
    }

    @Test
    void midnight_isThatOfTheDestination() {
        // 05:30 UTC on the 28th is still the 27th in Chicago.
        assertThat(Delivery.of(PROMISE, List.of(scan("1", null, Outcome.Type.DELIVERED, "2026-11-28T05:30:00Z")), 1).kept()).isTrue();
        assertThat(Delivery.of(PROMISE, List.of(scan("1", null, Outcome.Type.DELIVERED, "2026-11-28T06:30:00Z")), 1).kept()).isFalse();
    }

    private static Outcome scan(String id, @Nullable String parcel, Outcome.Type type, String at) {
        return new Outcome(id, null, "o", parcel, type, Instant.parse(at));
    }
}
