package dev.doorstep.modeltraining.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.model.History;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.modeltraining.orders.Mapping;
import dev.doorstep.modeltraining.orders.MappingReader;
import dev.doorstep.modeltraining.orders.Order;
import dev.doorstep.modeltraining.orders.OrdersFile;
import dev.doorstep.modeltraining.orders.Prepared;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of the test is known in training: no parcel of an order, and no outcome before it came. */
class SetupTest {
    private static final LocalDate FIRST = LocalDate.of(2024, 1, 1);
    private static final Instant CUTOFF = at(310);

    @TempDir
    Path folder;

    @Test
    void orderWithParcelsOnBothSidesOfTheCutoff_isOnNeither() throws IOException {
        Setup setup = setup();
        List<String> before = ids(setup.before(CUTOFF));
        List<String> after = ids(setup.between(CUTOFF, at(400)));
        assertThat(before).hasSize(309).doesNotContain("split");
        assertThat(after).hasSize(89).doesNotContain("split");
        assertThat(ids(setup.orders())).contains("split");
    }

    @Test
    void history_knowsADeliveryOnceItCame_andWhatIsOnItsWayUntilThen() throws IOException {
        Setup setup = setup();
        Prepared last = setup.orders().stream().filter(each -> each.order().orderId().equals("300")).findFirst().orElseThrow();
        Instant delivered = Objects.requireNonNull(last.order().deliveredAt());
        double before = stat(setup, delivered.minusSeconds(1), last, History.Stat.COUNT);
        double after = stat(setup, delivered.plusSeconds(1), last, History.Stat.COUNT);
        assertThat(after - before).as("one more delivery").isBetween(0.99, 1.01);
        assertThat(stat(setup, delivered.minusSeconds(1), last, History.Stat.IN_FLIGHT)
                - stat(setup, delivered.plusSeconds(1), last, History.Stat.IN_FLIGHT)).as("one less on its way").isEqualTo(1);
        // What is known of an order's seller at its own instant is the same whenever it will arrive.
        assertThat(stat(setup, last.order().instant(), last, History.Stat.COUNT)).isLessThan(before);
    }

    @Test
    void history_ofTheLastDay_knowsWhatWaits_asThoseOfEarlierDaysDo() throws IOException {
        StringBuilder orders = new StringBuilder("no,seller,bought,handed,arrived,seen\n");
        // As files do that were exported at one time.
        String exported = "," + FIRST.plusDays(99) + "T09:00:00Z\n";
        for (int day = 0; day < 100; day++) {
            String date = FIRST.plusDays(day).toString();
            for (int i = 0; i < 5; i++) {
                // Handed over after two days, but for what is too young at the end of the file, and arrived after four.
                orders.append(day).append('-').append(i).append(",s1,").append(date).append("T08:00:00Z,")
                        .append(day < 98 ? FIRST.plusDays(day + 2L) + "T08:00:00Z" : "").append(',')
                        .append(day < 96 ? FIRST.plusDays(day + 4L) + "T08:00:00Z" : "").append(exported);
            }
        }
        Setup setup = Setup.of(OrdersFile.read(Files.writeString(folder.resolve("waiting.csv"), orders),
                MappingReader.read(Files.writeString(folder.resolve("waiting.yaml"), """
                                                                                     orderId: "no"
                                                                                     origin: {id: seller}
                                                                                     orderedAt: bought
                                                                                     shippedAt: handed
                                                                                     deliveredAt: arrived
                                                                                     """)), Places.load()),
                MappingReader.read(folder.resolve("waiting.yaml")), at(60), Places.load(), new Calendars(), null);
        Prepared any = setup.orders().getFirst();
        assertThat(stat(setup, at(60), any, History.Stat.BACKLOG)).isEqualTo(10);
        assertThat(stat(setup, at(99), any, History.Stat.BACKLOG)).as("at the end of the file").isEqualTo(10);
    }

    /** No request brings them, so that the forest must have seen orders without. */
    @Test
    void columnsOfTheFilesOwn_areNowAndThenHidden_andNothingElseOfThoseOrders() throws IOException {
        StringBuilder orders = new StringBuilder("id,bought,arrived,price,weight\n");
        for (int i = 0; i < 4_000; i++) {
            orders.append(i).append(',').append(at(i / 10)).append(',').append(at(i / 10 + 3)).append(',').append(i % 50).append(",2\n");
        }
        Mapping mapping = MappingReader.read(Files.writeString(folder.resolve("columns.yaml"),
                "orderId: id\norderedAt: bought\ndeliveredAt: arrived\nproduct: {weightKg: weight}\nnumeric: [price]\n"));
        Setup setup = Setup.of(OrdersFile.read(Files.writeString(folder.resolve("columns.csv"), orders), mapping, Places.load()), mapping,
                CUTOFF, Places.load(), new Calendars(), null);
        double[][] rows = FeatureRows.forTraining(setup.orders(), setup.full(), 60, 1);
        int price = setup.whole().names().indexOf("column_price");
        int weight = setup.whole().names().indexOf("weight_kg");
        assertThat(price).isNotNegative();
        assertThat(weight).isNotNegative();
        assertThat((double) Arrays.stream(rows).filter(row -> Double.isNaN(row[price])).count() / rows.length).isBetween(0.02, 0.04);
        assertThat(Arrays.stream(rows).filter(row -> Double.isNaN(row[price]))).allMatch(row -> row[weight] == 2);
    }

    /** An order of which is not known when its forecast was made may have been made before anything that is known of others. */
    @Test
    void orderWithoutItsInstant_hasNoFeaturesOfOthers() throws IOException {
        StringBuilder orders = new StringBuilder("id,bought,due,arrived,seller\n");
        for (int i = 0; i < 2_000; i++) {
            orders.append(i).append(',').append(i % 4 == 0 ? "" : at(i / 10)).append(',').append(at(i / 10 + 4)).append(',')
                    .append(at(i / 10 + 3)).append(",s").append(i % 3).append('\n');
        }
        Mapping mapping = MappingReader.read(Files.writeString(folder.resolve("due.yaml"),
                "orderId: id\norderedAt: bought\npromisedAt: due\ndeliveredAt: arrived\norigin: {id: seller}\nanchor: promisedAt\n"));
        Setup setup = Setup.of(OrdersFile.read(Files.writeString(folder.resolve("due.csv"), orders), mapping, Places.load()), mapping,
                CUTOFF, Places.load(), new Calendars(), null);
        double[][] rows = FeatureRows.forTraining(setup.orders(), setup.full(), 60, 1);
        int age = setup.whole().names().indexOf("history_age_days");
        int expected = setup.whole().names().indexOf("expected_days");
        int known = 0;
        for (int i = 0; i < rows.length; i++) {
            if (setup.orders().get(i).order().facts().predictedAt() == null) {
                assertThat(rows[i][age]).isNaN();
                assertThat(rows[i][expected]).isNaN();
            } else {
                known += Double.isNaN(rows[i][age]) || Double.isNaN(rows[i][expected]) ? 0 : 1;
            }
        }
        assertThat(known).isGreaterThan(1_000);
    }

    /** As in service, where the bundle's history is some weeks old: never what was known at the order's own instant. */
    @Test
    void trainingSeesHistory_ofTheAgesThatServingSees() throws IOException {
        Setup setup = setup();
        double[][] rows = FeatureRows.forTraining(setup.orders(), setup.full(), 60, 1);
        int age = setup.whole().names().indexOf("history_age_days");
        double[] ages = Arrays.stream(rows).mapToDouble(row -> row[age]).filter(each -> !Double.isNaN(each)).toArray();
        assertThat(ages).hasSizeGreaterThan(100);
        assertThat(Arrays.stream(ages).min().orElseThrow()).isNotNegative();
        assertThat(Arrays.stream(ages).max().orElseThrow()).isBetween(50.0, 64.0);
        assertThat(Arrays.stream(ages).average().orElseThrow()).isBetween(25.0, 37.0);
    }

    private static double stat(Setup setup, Instant at, Prepared order, History.Stat stat) {
        return Objects.requireNonNull(setup.history(at).of(History.Kind.ORIGIN, order.order().facts()))[stat.column()];
    }

    private static List<String> ids(List<Prepared> orders) {
        return orders.stream().map(Prepared::order).map(Order::orderId).toList();
    }

    /** An order a day, handed over after one day and delivered after three; and one with parcels of days 305 and 315. */
    private Setup setup() throws IOException {
        StringBuilder csv = new StringBuilder("id,bought,handed,arrived,seller\n");
        for (int day = 0; day < 400; day++) {
            row(csv, day == 305 || day == 315 ? "split" : Integer.toString(day), day);
        }
        Mapping mapping = MappingReader.read(Files.writeString(folder.resolve("mapping.yaml"),
                "orderId: id\norderedAt: bought\nshippedAt: handed\ndeliveredAt: arrived\norigin: {id: seller}\n"));
        OrdersFile file = OrdersFile.read(Files.writeString(folder.resolve("orders.csv"), csv), mapping, Places.load());
        return Setup.of(file, mapping, CUTOFF, Places.load(), new Calendars(), null);
    }

    private static void row(StringBuilder csv, String id, int day) {
        csv.append(id).append(',').append(at(day)).append(',').append(at(day + 1)).append(',').append(at(day + 3).plusSeconds(3600))
                .append(",s1\n");
    }

    private static Instant at(int day) {
        return FIRST.plusDays(day).atTime(9, 0).toInstant(ZoneOffset.UTC);
    }
}
