package dev.doorstep.modeltraining.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.forecasting.bundle.DriftReference;
import dev.doorstep.forecasting.model.ModelSchema;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DriftReferencesTest {
    private static final List<String> SERVICES = List.of("standard", "overnight");
    private static final List<String> SKUS = IntStream.range(0, 40).mapToObj(i -> "SKU-" + i).toList();
    private static final LocalDate MONDAY = LocalDate.of(2026, 3, 2);

    /** On Sundays everything goes overnight and far; deliveries that are known grow from order to order. */
    private static DriftReference made(int weeks, int ordersADay) {
        ModelSchema schema = new ModelSchema(ModelSchema.everything(List.of(), List.of(), List.of(), false),
                Map.of("origin", List.of(), "origin_country", List.of(), "origin_region", List.of(), "destination_country", List.of(),
                        "destination_region", List.of(), "carrier", List.of(), "service", SERVICES, "destination_area", List.of(), "sku",
                        SKUS, "product_class", List.of()))
                .withOnly(List.of("day_of_week", "service", "sku", "distance_km", "sku_count", "day"));
        List<String> names = schema.names();
        List<double[]> rows = new ArrayList<>();
        List<Instant> instants = new ArrayList<>();
        for (int day = 0; day < weeks * 7; day++) {
            boolean sunday = day % 7 == 6;
            for (int i = 0; i < ordersADay; i++) {
                double[] row = new double[names.size()];
                row[names.indexOf("service")] = sunday ? 1 : 0;
                row[names.indexOf("sku")] = i % SKUS.size();
                row[names.indexOf("distance_km")] = sunday ? 2_000 + i : i;
                row[names.indexOf("sku_count")] = day < 7 ? Double.NaN : day;
                rows.add(row);
                instants.add(MONDAY.plusDays(day).atTime(12, 0).toInstant(java.time.ZoneOffset.UTC));
            }
        }
        return DriftReferences.of(rows.toArray(double[][]::new), instants, schema);
    }

    @Test
    void weekday_hasWhatItAlwaysHas() {
        DriftReference reference = made(10, 100);
        LocalDate sunday = MONDAY.plusDays(6);
        assertThat(reference.of("service", sunday).shares().get("service")).isEqualTo(Map.of("overnight", 1.0));
        assertThat(reference.of("service", MONDAY).shares().get("service")).isEqualTo(Map.of("standard", 1.0));
        assertThat(Objects.requireNonNull(reference.shares().get("service")).get("overnight")).isCloseTo(1.0 / 7, within(1e-6));
        assertThat(Objects.requireNonNull(reference.of("distance_km", sunday).quantiles().get("distance_km"))[0]).isEqualTo(2_000);
        assertThat(reference.missing()).as("clocks and candidate days").doesNotContainKeys("day_of_week", "day");
    }

    @Test
    void whatTooFewOrdersTell_orTheAgeOfTheFile_isHeldAgainstAll() {
        DriftReference reference = made(10, 100);
        assertThat(reference.of("sku", MONDAY)).as("25 orders to a name").isSameAs(reference);
        assertThat(reference.of("sku_count", MONDAY)).as("what is known of deliveries").isSameAs(reference);
        assertThat(reference.of("service", MONDAY.plusDays(180))).as("a season that was not seen").isSameAs(reference);
        DriftReference small = made(10, 49);
        assertThat(small.of("service", MONDAY)).as("490 Mondays' orders").isSameAs(small);
        DriftReference brief = made(7, 100);
        assertThat(brief.of("service", MONDAY)).as("seven Mondays").isSameAs(brief);
        DriftReference enough = made(10, 50);
        assertThat(enough.of("service", MONDAY)).as("500 Mondays' orders").isNotSameAs(enough);
    }
}
