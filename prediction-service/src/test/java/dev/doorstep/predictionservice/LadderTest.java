package dev.doorstep.predictionservice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.commonmodel.prediction.Basis;
import dev.doorstep.forecasting.Contribution;
import dev.doorstep.forecasting.DayDistribution;
import dev.doorstep.forecasting.Forecast;
import dev.doorstep.forecasting.ForecastInput;
import dev.doorstep.forecasting.Forecaster;
import dev.doorstep.forecasting.ReasonCode;
import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.carriertable.CarrierTableForecaster;
import dev.doorstep.forecasting.learned.LearnedForecaster;
import dev.doorstep.forecasting.learned.WithoutModel;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.LoadedPolicy;
import dev.doorstep.forecasting.policy.PolicyReader;
import dev.doorstep.forecasting.promise.OrderForecast;
import dev.doorstep.predictionservice.drift.Observations;
import dev.doorstep.watching.drift.FeatureSketch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every rung of the ladder answers, and says which one it is; on the bundle that the service ships. */
class LadderTest {
    private static final Path SHIPPED = Path.of("src/main/resources/dev/doorstep/predictionservice/model");
    private static final Places PLACES = Places.load();
    private static final LoadedPolicy POLICY = new PolicyReader(PLACES).readDefault();
    private static final Calendars CALENDARS = new Calendars();
    private static final Forecaster TABLE = new CarrierTableForecaster(POLICY, PLACES, CALENDARS);
    private static final Forecaster MODEL = new LearnedForecaster(Bundle.read(SHIPPED), POLICY.policy(), PLACES, CALENDARS, TABLE);
    /** A Monday morning some days after the bundle's history ends. */
    private static final Instant MONDAY = Instant.parse("2026-06-08T14:00:00Z");
    private static final ForecastInput.Product LAMP = new ForecastInput.Product("SKU-1001", "standard", 1, 3L, 0L, false);

    @TempDir
    Path folder;

    @Test
    void knownOrder_isAnsweredByTheLane() {
        Forecast forecast = MODEL.forecast(order(MONDAY, "US", "10001", LAMP));
        assertThat(forecast.basis()).isEqualTo(Basis.LANE_MODEL);
        assertThat(forecast.reasons()).isEmpty();
        assertThat(forecast.model().name()).isEqualTo("doorstep-default");
        assertThat(forecast.calibration()).isNotNull();
        assertThat(forecast.delivery().firstDay()).isGreaterThanOrEqualTo(forecast.preparationDay());
        // The carrier does not deliver on Sundays.
        for (long day = forecast.delivery().firstDay(); day <= forecast.delivery().lastDay(); day++) {
            if (Math.floorMod(day + 3, 7) == 6) {
                assertThat(forecast.delivery().probability(day)).isZero();
            }
        }
    }

    @Test
    void contributions_farAwayAndMadeToOrder_areWhatMakesItLate() {
        ForecastInput.Product desk = new ForecastInput.Product(null, "made_to_order", 1, null, null, false);
        List<Contribution> reasons = MODEL.contributions(order(MONDAY, "US", "98101", desk));
        assertThat(reasons).extracting(each -> -Math.abs(each.days())).isSorted();
        Map<Contribution.Factor, Double> days = new HashMap<>();
        reasons.forEach(each -> days.put(each.factor(), each.days()));
        assertThat(days).doesNotContainKeys(Contribution.Factor.OTHER, Contribution.Factor.MERCHANT_PROMISE);
        assertThat(days.getOrDefault(Contribution.Factor.PRODUCT, 0.0) + days.getOrDefault(Contribution.Factor.RECENT_DELIVERIES, 0.0))
                .isGreaterThan(1);
        assertThat(reasons).filteredOn(each -> each.factor() == Contribution.Factor.DESTINATION).singleElement()
                .satisfies(each -> assertThat(each.params()).containsEntry("region", "WA"));
        assertThat(MODEL.contributions(order(MONDAY, "NG", null, desk))).as("a country that the model never saw").isEmpty();
    }

    @Test
    void parcelsOfTwoOrigins_lastOneIsAtLeastAsLateAsEachAndTheirTieIsMeasured() {
        ForecastInput main = order(MONDAY, "US", "10001", LAMP);
        ForecastInput east = new ForecastInput(MONDAY, "east", main.destination(), "10001", "standard", List.of(LAMP));
        OrderForecast order = OrderForecast.of(List.of(main, east), MODEL);
        boolean aboveIndependence = false;
        for (long day = order.whole().delivery().firstDay(); day <= order.whole().delivery().lastDay(); day++) {
            double one = order.parcels().get(0).delivery().cumulative(day);
            double other = order.parcels().get(1).delivery().cumulative(day);
            assertThat(order.whole().delivery().cumulative(day)).isBetween(Math.max(0, one + other - 1) - 1e-12,
                    Math.min(one, other) + 1e-12);
            assertThat(order.whole().delivery().cumulative(day)).isGreaterThanOrEqualTo(one * other - 1e-9);
            aboveIndependence |= order.whole().delivery().cumulative(day) > one * other + 1e-5;
        }
        assertThat(aboveIndependence).isTrue();
        assertThat(MODEL.correlation("main", "east")).isEqualTo(MODEL.correlation("east", "main")).isBetween(0.001, 0.95);
        assertThat(TABLE.correlation("main", "east")).isZero();
    }

    @Test
    void orderOfTwoParcels_showsDriftBoth() {
        ForecastInput main = order(MONDAY, "US", "10001", LAMP);
        ForecastInput east = new ForecastInput(MONDAY, "east", main.destination(), "10001", "overnight", List.of(LAMP));
        Observations seen = new Observations();
        seen.add((LearnedForecaster) MODEL, List.of(main, east), OrderForecast.of(List.of(main, east), MODEL).whole().delivery());
        assertThat(seen.features().get("service")).extracting(FeatureSketch::all).isEqualTo(2L);
    }

    @Test
    void orderAcrossTheEndOfDaylightSaving_keepsTheCutoffsLocalTime() {
        // Chicago's cut-off is 14:00: 19:00 UTC on Friday 30 October 2026, and 20:00 UTC on the Monday after the clocks went back.
        Forecast before = MODEL.forecast(order(Instant.parse("2026-10-30T18:59:59Z"), "US", "10001", LAMP));
        assertThat(before.orderBy()).isEqualTo("2026-10-30T19:00:00Z");
        Forecast after = MODEL.forecast(order(Instant.parse("2026-10-30T19:00:01Z"), "US", "10001", LAMP));
        assertThat(after.orderBy()).isEqualTo("2026-11-02T20:00:00Z");
        assertThat(after.preparationDay()).isEqualTo(java.time.LocalDate.of(2026, 11, 2).toEpochDay());
        assertThat(after.delivery().firstDay()).isGreaterThanOrEqualTo(after.preparationDay());
        // On the day itself an hour comes twice; the order within it belongs to the same day whichever of the two it is.
        for (String twice : List.of("2026-11-01T06:30:00Z", "2026-11-01T07:30:00Z")) {
            assertThat(MODEL.forecast(order(Instant.parse(twice), "US", "10001", LAMP)).orderBy()).isEqualTo("2026-11-02T20:00:00Z");
        }
    }

    @Test
    void lessIsKnown_saysSoAndIsWider() {
        DayDistribution known = MODEL.forecast(order(MONDAY, "US", "10001", LAMP)).delivery();
        Forecast area = MODEL.forecast(order(MONDAY, "US", "10099", LAMP));
        assertThat(area.reasons()).contains(ReasonCode.DESTINATION_BY_AREA);
        Forecast country = MODEL.forecast(order(MONDAY, "US", null, LAMP));
        assertThat(country.basis()).isEqualTo(Basis.REGION_MODEL);
        assertThat(country.reasons()).contains(ReasonCode.DESTINATION_BY_COUNTRY);
        assertThat(width(country.delivery())).isGreaterThan(width(known));
        Forecast product = MODEL
                .forecast(order(MONDAY, "US", "10001", new ForecastInput.Product("NEVER-SOLD", null, 1, null, null, false)));
        assertThat(product.reasons()).contains(ReasonCode.PRODUCT_NOT_LEARNED);
        assertThat(width(product.delivery())).isGreaterThan(width(known));
        Forecast abroad = MODEL.forecast(order(MONDAY, "DE", "10115", LAMP));
        assertThat(abroad.basis()).isEqualTo(Basis.CARRIER_TABLE);
        assertThat(abroad.reasons()).contains(ReasonCode.COUNTRY_NOT_LEARNED);
        assertThat(abroad.model().name()).isEqualTo("carrier-table");
        assertThat(width(abroad.delivery())).isGreaterThan(width(known));
        Forecast nowhere = MODEL.forecast(order(MONDAY, "XX", "1", LAMP));
        assertThat(nowhere.basis()).isEqualTo(Basis.CALENDAR);
    }

    /** Over many orders: what one of them tells by chance is left out of account. */
    @Test
    void sessionOrStoreAway_isWider_andAnAreaAsWide() {
        Map<String, Double> widths = new HashMap<>();
        List<String> codes = List.of("10001", "94110", "60601", "33101", "98101", "75201", "80202", "30301");
        for (int day = 0; day < 14; day++) {
            Instant at = MONDAY.plusSeconds(86_400L * day);
            for (String zip : codes) {
                widths.merge("known", spread(order(at, "US", zip, LAMP)), Double::sum);
                // Without a session nothing is known of demand; without the store nothing of the product either.
                widths.merge("no session",
                        spread(order(at, "US", zip, new ForecastInput.Product("SKU-1001", "standard", 1, null, null, false))),
                        Double::sum);
                widths.merge("no store", spread(order(at, "US", zip, new ForecastInput.Product("SKU-1001", null, 1, null, null, false))),
                        Double::sum);
                widths.merge("area", spread(order(at, "US", zip.substring(0, 3) + "99", LAMP)), Double::sum);
            }
        }
        double known = Objects.requireNonNull(widths.remove("known"));
        double area = Objects.requireNonNull(widths.remove("area"));
        assertThat(area).as("an area is as good as a ZIP code in it").isCloseTo(known, within(0.01 * known));
        assertThat(widths).allSatisfy((missing, width) -> assertThat(width).as(missing).isGreaterThan(known));
    }

    /** Mean absolute difference of two parcels of the same order, days. */
    private static double spread(ForecastInput input) {
        DayDistribution delivery = MODEL.forecast(input).delivery();
        double spread = 0;
        for (long day = delivery.firstDay(); day < delivery.lastDay(); day++) {
            spread += 2 * delivery.cumulative(day) * (1 - delivery.cumulative(day));
        }
        return spread;
    }

    @Test
    void history_isUsedOnlyAfterItsInstantAndItsAgeIsTold() {
        assertThat(MODEL.forecast(order(Instant.parse("2024-11-18T15:00:00Z"), "US", "10001", LAMP)).reasons())
                .contains(ReasonCode.HISTORY_UNKNOWN);
        assertThat(MODEL.forecast(order(Instant.parse("2027-03-01T15:00:00Z"), "US", "10001", LAMP)).reasons())
                .contains(ReasonCode.HISTORY_OLD);
    }

    @Test
    void severalProducts_areNoFasterThanTheSlowest() {
        ForecastInput.Product desk = new ForecastInput.Product(null, "made_to_order", 1, null, null, false);
        DayDistribution lamp = MODEL.forecast(order(MONDAY, "US", "10001", LAMP)).delivery();
        DayDistribution slow = MODEL.forecast(order(MONDAY, "US", "10001", desk)).delivery();
        DayDistribution both = MODEL.forecast(order(MONDAY, "US", "10001", LAMP, desk)).delivery();
        for (long day = both.firstDay(); day <= both.lastDay(); day++) {
            assertThat(both.cumulative(day)).isLessThanOrEqualTo(Math.min(lamp.cumulative(day), slow.cumulative(day)) + 1e-12);
        }
    }

    @Test
    void outOfStock_isAnsweredByTheTable() {
        ForecastInput order = new ForecastInput(MONDAY, "main", PLACES.find("US", "10001"), "10001", "standard",
                List.of(new ForecastInput.Product("SKU-1001", "standard", 1, 3L, 0L, true)));
        assertThat(MODEL.forecast(order)).isEqualTo(TABLE.forecast(order));
        assertThat(MODEL.forecast(order).reasons()).contains(ReasonCode.OUT_OF_STOCK);
    }

    @Test
    void originThatTheModelNeverSaw_isAnsweredByTheTable() {
        String policy = """
                        defaultOrigin: berlin
                        defaultService: standard
                        quoteValidity: PT24H
                        origins:
                          berlin:
                            country: US
                            postalCode: "10001"
                            cutoff: "12:00"
                            prepares: {weekdays: [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY], holidays: true}
                            pickup: {weekdays: [MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY], holidays: true}
                        services:
                          standard: {delivers: {weekdays: [MONDAY], holidays: false}, transit: {local: [0, 1]}}
                          drone: {delivers: {weekdays: [MONDAY], holidays: false}, transit: {local: [0, 1]}}
                        handling: {standard: [1]}
                        surge: {cartAddsPerHour: 10, delay: [1]}
                        outOfStock: [1]
                        """;
        LoadedPolicy other;
        try (var in = new java.io.ByteArrayInputStream(policy.getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            other = new PolicyReader(PLACES).read(in);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        Forecaster forecaster = new LearnedForecaster(Bundle.read(SHIPPED), other.policy(), PLACES, CALENDARS,
                new CarrierTableForecaster(other, PLACES, CALENDARS));
        ForecastInput order = new ForecastInput(MONDAY, "berlin", PLACES.find("US", "10001"), "10001", "standard", List.of(LAMP));
        assertThat(forecaster.forecast(order).reasons()).contains(ReasonCode.ORIGIN_NOT_LEARNED);
        assertThat(forecaster.forecast(order).basis()).isEqualTo(Basis.CARRIER_TABLE);
    }

    @Test
    void noModel_saysSo() {
        Forecast forecast = new WithoutModel(TABLE).forecast(order(MONDAY, "US", "10001", LAMP));
        assertThat(forecast.reasons()).contains(ReasonCode.MODEL_UNAVAILABLE);
        assertThat(forecast.basis()).isEqualTo(Basis.CARRIER_TABLE);
    }

    @Test
    void bundleThatIsNotWhole_isRefusedByTheNameOfTheFile() throws Exception {
        copy();
        Files.writeString(folder.resolve("model.txt"),
                Files.readString(folder.resolve("model.txt")).replaceFirst("leaf_value=", "leaf_value=1"));
        assertRefused("model.txt");
        copy();
        Files.delete(folder.resolve("history.csv"));
        assertRefused("history.csv");
        copy();
        String manifest = Files.readString(folder.resolve("manifest.json"));
        Files.writeString(folder.resolve("manifest.json"), manifest.replace("\"doorstep-default\"", "\"another\""));
        assertRefused("manifest.json");
        Files.writeString(folder.resolve("manifest.json"), manifest.replace("\"model.txt\"", "\"../../etc/passwd\""));
        assertRefused("manifest.json");
        Files.writeString(folder.resolve("manifest.json"), manifest.replace("\"format\" : 1", "\"format\" : 99"));
        assertRefused("manifest.json");
        Files.writeString(folder.resolve("manifest.json"), "{");
        assertRefused("manifest.json");
        Files.delete(folder.resolve("manifest.json"));
        assertRefused("manifest.json");
    }

    @Test
    void modelThatCountsFromThePromise_isNotServed() throws Exception {
        Map<String, byte[]> files = new HashMap<>();
        for (String name : Bundle.read(SHIPPED).manifest().files().keySet()) {
            files.put(name, Files.readAllBytes(SHIPPED.resolve(name)));
        }
        files.put("settings.json", Files.readString(SHIPPED.resolve("settings.json")).replace("orderedAt", "promisedAt").getBytes(UTF_8));
        Bundle.write(folder, Bundle.read(SHIPPED).manifest(), files);
        assertThatThrownBy(() -> new LearnedForecaster(Bundle.read(folder), POLICY.policy(), PLACES, CALENDARS, TABLE))
                .isInstanceOf(DoorstepException.class).hasMessageContaining("anchor");
    }

    @Test
    void shippedModel_usesNothingThatNoRequestCarries() {
        assertThat(new LearnedForecaster(Bundle.read(SHIPPED), POLICY.policy(), PLACES, CALENDARS, TABLE).missingInService()).isEmpty();
    }

    private void copy() throws IOException {
        try (Stream<Path> files = Files.list(SHIPPED)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName().toString()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void assertRefused(String file) {
        assertThatThrownBy(() -> Bundle.read(folder)).asInstanceOf(type(DoorstepException.class)).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_MODEL);
            assertThat(e.field()).as(e.getMessage()).isEqualTo(file);
        });
    }

    private static ForecastInput order(Instant at, String country, @Nullable String postalCode, ForecastInput.Product... products) {
        return new ForecastInput(at, "main", PLACES.find(country, postalCode), postalCode, "standard", List.of(products));
    }

    private static long width(DayDistribution distribution) {
        return distribution.quantile(0.95) - distribution.quantile(0.05);
    }
}
