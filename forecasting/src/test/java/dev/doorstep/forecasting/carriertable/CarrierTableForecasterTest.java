package dev.doorstep.forecasting.carriertable;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.place.Place;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.ReasonCode;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.PolicyReader;
import dev.doorstep.forecasting.promise.DatePromise;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class CarrierTableForecasterTest {
    private static final Places PLACES = Places.load();
    private static final CarrierTableForecaster DEFAULT = new CarrierTableForecaster(new PolicyReader(PLACES).readDefault(), PLACES,
            new Calendars());
    /** Two open days of preparing at most, then exactly one (local) or two (remote) of transit; from New York, cut-off at noon. */
    private static final CarrierTableForecaster SIMPLE = simple();
    private static final String NEW_YORK = "10001";
    private static final String LOS_ANGELES = "90001";

    private static CarrierTableForecaster simple() {
        String policy = """
                        defaultOrigin: ny
                        defaultService: ground
                        quoteValidity: PT24H
                        origins:
                          ny:
                            country: US
                            postalCode: "10001"
                            cutoff: "12:00"
                            cutoffs: {air: "15:00"}
                            prepares: {weekdays: [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY], holidays: true}
                            pickup: {weekdays: [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY], holidays: true}
                        services:
                          ground:
                            delivers: {weekdays: [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY], holidays: true}
                            transit: {local: [0, 1], remote: [0, 0, 1]}
                          air:
                            delivers: {weekdays: [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY], holidays: true}
                            transit: {local: [0, 1]}
                        handling: {standard: [0.75, 0.25], slow: [0, 0, 1]}
                        surge: {cartAddsPerHour: 10, delay: [0, 1]}
                        outOfStock: [0, 0, 0, 1]
                        """;
        try {
            return new CarrierTableForecaster(
                    new PolicyReader(PLACES).read(new ByteArrayInputStream(policy.getBytes(StandardCharsets.UTF_8))), PLACES,
                    new Calendars());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void forecast_beforeTheCutoff_startsToday() {
        // Monday 18 November 2024, 11:59 in New York: prepared Monday (0.75) or Tuesday (0.25), delivered a day later.
        Forecast forecast = forecast("2024-11-18T16:59:00Z", NEW_YORK, "standard");
        assertDays(forecast.delivery(), "2024-11-19", 0.75, "2024-11-20", 0.25);
        assertThat(forecast.orderBy()).isEqualTo("2024-11-18T17:00:00Z");
        assertThat(forecast.basis()).isEqualTo(Basis.CARRIER_TABLE);
        assertThat(forecast.reasons()).isEmpty();
    }

    @Test
    void forecast_atTheCutoff_startsOnTheNextOpenDay() {
        Forecast forecast = forecast("2024-11-18T17:00:00Z", NEW_YORK, "standard");
        assertDays(forecast.delivery(), "2024-11-20", 0.75, "2024-11-21", 0.25);
        assertThat(forecast.orderBy()).isEqualTo("2024-11-19T17:00:00Z");
        assertThat(forecast.reasons()).containsExactly(ReasonCode.AFTER_CUTOFF);
    }

    @Test
    void forecast_serviceWithACutoffOfItsOwn_goesByThat() {
        // Monday 18 November 2024, noon in New York: too late for the ground service, and until three in time for the other one.
        assertThat(SIMPLE.forecast(input(Instant.parse("2024-11-18T19:59:00Z"), NEW_YORK, false, 0, "standard").withService("air")))
                .satisfies(forecast -> {
                    assertDays(forecast.delivery(), "2024-11-19", 0.75, "2024-11-20", 0.25);
                    assertThat(forecast.orderBy()).isEqualTo("2024-11-18T20:00:00Z");
                    assertThat(forecast.reasons()).isEmpty();
                });
        assertThat(
                SIMPLE.forecast(input(Instant.parse("2024-11-18T20:00:00Z"), NEW_YORK, false, 0, "standard").withService("air")).orderBy())
                .isEqualTo("2024-11-19T20:00:00Z");
    }

    @Test
    void forecast_fridayEvening_waitsForMonday() {
        // Prepared Monday 25 or Tuesday 26, delivered Tuesday or Wednesday.
        Forecast forecast = forecast("2024-11-22T20:00:00Z", NEW_YORK, "standard");
        assertDays(forecast.delivery(), "2024-11-26", 0.75, "2024-11-27", 0.25);
    }

    @Test
    void forecast_overThanksgiving_skipsTheHoliday() {
        // Wednesday 27 November before the cut-off: prepared Wednesday or Friday; delivered Friday 29 or Saturday 30.
        Forecast forecast = forecast("2024-11-27T15:00:00Z", NEW_YORK, "standard");
        assertDays(forecast.delivery(), "2024-11-29", 0.75, "2024-11-30", 0.25);
        assertThat(forecast.reasons()).containsExactly(ReasonCode.HOLIDAY_ON_THE_WAY);
    }

    @Test
    void forecast_remote_countsCarrierDaysOnly() {
        // Friday 22 before the cut-off: collected Friday (0.75) or Monday (0.25), two delivery days later: Monday 25 or Wednesday 27.
        Forecast forecast = forecast("2024-11-22T15:00:00Z", LOS_ANGELES, "standard");
        assertDays(forecast.delivery(), "2024-11-25", 0.75, "2024-11-27", 0.25);
    }

    @Test
    void forecast_daylightSavingChange_keepsTheLocalCutoff() {
        // Clocks in New York went from UTC−4 to UTC−5 on Sunday 3 November 2024.
        assertThat(forecast("2024-11-01T15:59:00Z", NEW_YORK, "standard").orderBy()).isEqualTo("2024-11-01T16:00:00Z");
        assertThat(forecast("2024-11-01T16:00:00Z", NEW_YORK, "standard").orderBy()).isEqualTo("2024-11-04T17:00:00Z");
    }

    @Test
    void forecast_featuresOfTheOrder_moveTheDate() {
        Instant monday = Instant.parse("2024-11-18T15:00:00Z");
        assertDays(SIMPLE.forecast(input(monday, NEW_YORK, false, 0, "standard", "slow")).delivery(), "2024-11-21", 1);
        Forecast surge = SIMPLE.forecast(input(monday, NEW_YORK, false, 10, "standard"));
        assertDays(surge.delivery(), "2024-11-20", 0.75, "2024-11-21", 0.25);
        assertThat(surge.reasons()).containsExactly(ReasonCode.DEMAND_SURGE);
        Forecast missing = SIMPLE.forecast(input(monday, NEW_YORK, true, 0, "standard"));
        assertDays(missing.delivery(), "2024-11-22", 0.75, "2024-11-23", 0.25);
        assertThat(missing.reasons()).containsExactly(ReasonCode.OUT_OF_STOCK);
        Forecast unknown = SIMPLE.forecast(input(monday, NEW_YORK, false, 0, (String) null));
        assertDays(unknown.delivery(), "2024-11-19", 0.375, "2024-11-20", 0.125, "2024-11-21", 0.5);
        assertThat(unknown.reasons()).containsExactly(ReasonCode.HANDLING_CLASS_UNKNOWN);
    }

    @Test
    void forecast_lessKnownDestination_saysSoAndIsWider() {
        Instant monday = Instant.parse("2024-11-18T15:00:00Z");
        Forecast exact = DEFAULT
                .forecast(order(monday, "main", PLACES.find("US", "94110"), "standard", List.of("standard"), false, 0));
        Forecast area = DEFAULT
                .forecast(order(monday, "main", PLACES.find("US", "94199"), "standard", List.of("standard"), false, 0));
        Forecast country = DEFAULT
                .forecast(order(monday, "main", PLACES.find("US", null), "standard", List.of("standard"), false, 0));
        Forecast abroad = DEFAULT
                .forecast(order(monday, "main", PLACES.find("DE", "10115"), "standard", List.of("standard"), false, 0));
        Forecast nowhere = DEFAULT
                .forecast(order(monday, "main", PLACES.find("XX", "1"), "standard", List.of("standard"), false, 0));
        assertThat(exact.basis()).isEqualTo(Basis.CARRIER_TABLE);
        assertThat(area.reasons()).containsExactly(ReasonCode.DESTINATION_BY_AREA);
        assertThat(country.basis()).isEqualTo(Basis.CALENDAR);
        assertThat(country.reasons()).containsExactly(ReasonCode.DESTINATION_BY_COUNTRY);
        assertThat(width(country)).isGreaterThan(width(exact));
        assertThat(abroad.basis()).isEqualTo(Basis.CARRIER_TABLE);
        assertThat(nowhere.basis()).isEqualTo(Basis.CALENDAR);
        assertThat(nowhere.reasons()).containsExactly(ReasonCode.DESTINATION_UNKNOWN);
    }

    @Test
    void forecast_whatThePolicyDoesNotKnow_isRefusedByName() {
        Instant monday = Instant.parse("2024-11-18T15:00:00Z");
        Place newYork = PLACES.find("US", NEW_YORK);
        assertThatThrownBy(() -> SIMPLE.forecast(order(monday, "mars", newYork, "ground", List.of("standard"), false, 0)))
                .isInstanceOf(DoorstepException.class).hasMessageContaining("origin").hasMessageContaining("mars");
        assertThatThrownBy(() -> SIMPLE.forecast(order(monday, "ny", newYork, "rocket", List.of("standard"), false, 0)))
                .hasMessageContaining("services").hasMessageContaining("rocket");
        assertThatThrownBy(
                () -> SIMPLE.forecast(order(monday, "ny", PLACES.find("DE", null), "ground", List.of("standard"), false, 0)))
                .hasMessageContaining("ground").hasMessageContaining("DE");
    }

    @Property(tries = 300)
    void forecast_anyOrder_isADistributionOverOpenDaysAfterIt(@ForAll @LongRange(min = 1704067200, max = 1798761600) long epochSecond,
            @ForAll @IntRange(min = 0, max = 3) int place, @ForAll @IntRange(min = 0, max = 2) int service,
            @ForAll @IntRange(min = 10, max = 998) int perMille) {
        double confidence = perMille / 1000.0;
        Place destination = PLACES.find("US", List.of("94110", "33040", "99501", "60638").get(place));
        Instant ordered = Instant.ofEpochSecond(epochSecond);
        Forecast forecast = DEFAULT.forecast(order(ordered, "main", destination,
                List.of("economy", "standard", "expedited").get(service), List.of("fragile"), false, 0));
        DayDistribution delivery = forecast.delivery();
        assertThat(delivery.firstDay()).isGreaterThanOrEqualTo(ordered.atZone(destination.zone()).toLocalDate().toEpochDay());
        for (long day = delivery.firstDay(); day <= delivery.lastDay(); day++) {
            if (LocalDate.ofEpochDay(day).getDayOfWeek() == DayOfWeek.SUNDAY) {
                assertThat(delivery.probability(day)).isZero();
            }
        }
        DatePromise promise = DatePromise.of(delivery, confidence);
        assertThat(delivery.cumulative(promise.deliveryDate().toEpochDay())).isGreaterThanOrEqualTo(confidence);
        assertThat(DatePromise.of(delivery, confidence + 0.001).deliveryDate()).isAfterOrEqualTo(promise.deliveryDate());
        assertThat(forecast.orderBy()).isAfter(ordered);
        assertThat(DEFAULT.forecast(order(ordered, "main", destination, "standard", List.of("fragile"), false, 0)))
                .isEqualTo(DEFAULT.forecast(order(ordered, "main", destination, "standard", List.of("fragile"), false, 0)));
    }

    private static long width(Forecast forecast) {
        return forecast.delivery().quantile(0.95) - forecast.delivery().quantile(0.05);
    }

    private static Forecast forecast(String at, String zip, String handlingClass) {
        return SIMPLE.forecast(input(Instant.parse(at), zip, false, 0, handlingClass));
    }

    private static ForecastInput input(Instant at, String zip, boolean outOfStock, long cartAdds, @Nullable String... classes) {
        return order(at, "ny", PLACES.find("US", zip), "ground", Arrays.asList(classes), outOfStock, cartAdds);
    }

    private static ForecastInput order(Instant at, String origin, Place destination, String service, List<@Nullable String> classes,
            boolean outOfStock, long cartAdds) {
        return new ForecastInput(at, origin, destination, null, service,
                classes.stream().map(each -> new ForecastInput.Product(null, each, 1, null, cartAdds, outOfStock)).toList());
    }

    private static void assertDays(DayDistribution distribution, Object... dayAndProbability) {
        double sum = 0;
        for (int i = 0; i < dayAndProbability.length; i += 2) {
            double expected = ((Number) dayAndProbability[i + 1]).doubleValue();
            long day = LocalDate.parse((String) dayAndProbability[i]).toEpochDay();
            assertThat(distribution.probability(day)).as("%s", dayAndProbability[i]).isCloseTo(expected, within(1e-9));
            sum += expected;
        }
        assertThat(sum).isCloseTo(1, within(1e-9));
    }
}
