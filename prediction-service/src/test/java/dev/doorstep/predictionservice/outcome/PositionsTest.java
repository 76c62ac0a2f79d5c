package dev.doorstep.predictionservice.outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.carriertable.CarrierTableForecaster;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.live.LiveState;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.PolicyReader;
import dev.doorstep.predictionservice.registry.ModelRef;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Where a day's deliveries fell: all of the day or nothing of it, and nothing that can't be told holds the others up. */
class PositionsTest {
    private static final Places PLACES = Places.load();
    private static final LoadedPolicy POLICY = new PolicyReader(PLACES).readDefault();
    private static final Calendars CALENDARS = new Calendars();
    private static final LearnedForecaster MODEL = new LearnedForecaster(
            Bundle.read(Path.of("src/main/resources/dev/doorstep/predictionservice/model")), POLICY.policy(), PLACES, CALENDARS,
            new CarrierTableForecaster(POLICY, PLACES, CALENDARS));
    /** A Monday morning. */
    private static final ForecastInput ORDER = new ForecastInput(Instant.parse("2026-06-08T14:00:00Z"), "main", PLACES.find("US", "10001"),
            "10001", "standard", List.of(new ForecastInput.Product("SKU-1001", "standard", 1, 3L, 0L, false)));
    private static final LocalDate DAY = LocalDate.of(2026, 6, 8);
    /** By which a third of such orders have come, so that there is much to see of the others. */
    private static final LocalDate LAST = LocalDate.ofEpochDay(MODEL.forecast(ORDER).delivery().quantile(0.33));
    private static final ModelRef REF = new ModelRef("1.0.0", "digest");
    private static int number;

    @Test
    void delivery_liesWithinTheProbabilityOfItsDay_theSameEachTime() {
        LocalDate likely = LocalDate.ofEpochDay(MODEL.forecast(ORDER).delivery().mode());
        double before = MODEL.forecast(ORDER).delivery().cumulative(likely.toEpochDay() - 1);
        double after = MODEL.forecast(ORDER).delivery().cumulative(likely.toEpochDay());
        List<Cohorts.Kept> cohort = List.of(kept("p", POLICY.digest(), likely), kept("p", POLICY.digest(), likely));
        List<LiveState.Observed> observed = of(cohort);
        assertThat(observed).hasSize(2).allSatisfy(each -> {
            assertThat(each.position()).isBetween(before, after);
            assertThat(each.group()).isEqualTo("lane:main>US-NY");
        });
        assertThat(observed.get(0)).isNotEqualTo(observed.get(1));
        assertThat(of(cohort)).isEqualTo(observed);
        assertThat(of(List.of(kept("p", POLICY.digest(), null)))).as("lost").singleElement()
                .satisfies(each -> assertThat(each.position()).isEqualTo(1));
        assertThat(of(List.of(kept("p", POLICY.digest(), DAY.minusDays(1))))).singleElement()
                .satisfies(each -> assertThat(each.position()).isZero());
    }

    @Test
    void overdue_liesAnywhereAfterTheLastDay_inTheOrderOfIds() {
        List<Cohorts.Kept> promises = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Cohorts.Kept lost = kept("p", POLICY.digest(), null);
            promises.add(i % 2 == 0 ? lost : new Cohorts.Kept(lost.version(), lost.lane(), lost.confidence(), DAY, null, lost.made()));
        }
        double by = MODEL.forecast(ORDER).delivery().cumulative(LAST.toEpochDay());
        List<Double> all = new Positions(PositionsTest::parcels, POLICY.digest())
                .of(new Cohorts.Cohort(LAST, promises, true), Map.of(REF, MODEL)).getOrDefault(REF, List.of()).stream()
                .map(LiveState.Observed::position).toList();
        List<Double> open = all.stream().filter(position -> position < 1).toList();
        assertThat(open).hasSize(100).allSatisfy(position -> assertThat(position).isBetween(by, 1.0));
        assertThat(open.stream().mapToDouble(Double::doubleValue).average().orElseThrow()).as("evenly").isCloseTo((1 + by) / 2,
                within(0.08));
        assertThat(new Positions(PositionsTest::parcels, POLICY.digest()).of(new Cohorts.Cohort(LAST, promises, false),
                Map.of(REF, MODEL)))
                .as("where scans may be missing").containsEntry(REF, List.of());
        assertThat(all.subList(0, 100)).as("not one kind after the other").contains(1.0).anyMatch(position -> position < 1);
    }

    @Test
    void dayUnderTwoPolicies_isLeftOutAsAWhole() {
        assertThat(of(List.of(kept("p", POLICY.digest(), DAY.plusDays(3)), kept("p", "another", DAY.plusDays(4))))).isEmpty();
    }

    @Test
    void whatCanNotBeForecastOrRead_isLeftOutAlone() {
        List<Cohorts.Kept> cohort = new ArrayList<>();
        for (String predictionId : List.of("p", "erased", "unreadable", "two-parcels", "service-that-is-gone", "p")) {
            cohort.add(kept(predictionId, POLICY.digest(), DAY.plusDays(3)));
        }
        cohort.add(new Cohorts.Kept("1.0.0", "lane", 0.9, DAY, true, null));
        assertThat(of(cohort)).hasSize(2);
    }

    private static List<LiveState.Observed> of(List<Cohorts.Kept> cohort) {
        Positions positions = new Positions(PositionsTest::parcels, POLICY.digest());
        return positions.of(new Cohorts.Cohort(LAST, cohort, true), Map.of(REF, MODEL)).getOrDefault(REF, List.of());
    }

    private static @Nullable List<ForecastInput> parcels(String predictionId) {
        return switch (predictionId) {
            case "erased" -> null;
            case "unreadable" -> throw new DoorstepException(ErrorCode.INVALID_REQUEST, "body", "no JSON");
            case "two-parcels" -> List.of(ORDER, ORDER);
            case "service-that-is-gone" -> List.of(ORDER.withService("drone"));
            default -> List.of(ORDER);
        };
    }

    private static Cohorts.Kept kept(String predictionId, String policy, @Nullable LocalDate deliveredOn) {
        return new Cohorts.Kept("1.0.0", "lane", 0.9, DAY, true,
                new Cohorts.Made(UUID.nameUUIDFromBytes(new byte[]{(byte) number++}).toString(), predictionId, policy, DAY.plusDays(5),
                        deliveredOn));
    }
}
