package dev.doorstep.modeltraining.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.bundle.Anchor;
import dev.doorstep.forecasting.model.OrderFacts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OrdersFileTest {
    private static final Places PLACES = Places.load();
    /** Every key that a mapping can have. */
    private static final String MAPPING = """
                                          orderId: no
                                          shipmentId: parcel
                                          orderedAt: {column: bought, formats: ["dd.MM.yyyy HH:mm"]}
                                          approvedAt: paid
                                          shippedAt: [handed, picked]
                                          deliveredAt: arrived
                                          promisedAt: due
                                          predictedAt: quoted
                                          observedUntil: seen
                                          status: state
                                          origin: {id: seller, country: from, region: from_state, postalCode: from_zip}
                                          destination: {country: to, region: to_state, postalCode: to_zip}
                                          carrier: carrier
                                          service: level
                                          product: {sku: sku, class: kind, quantity: pieces, weightKg: kg}
                                          numeric: [price]
                                          categorical: [channel]
                                          zone: America/Chicago
                                          delimiter: "|"
                                          missing: ["n/a"]
                                          anchor: orderedAt
                                          promiseAsFeature: true
                                          """;
    private static final String ORDERS = """
                                         no|parcel|bought|paid|handed|picked|arrived|due|quoted|seen|state|seller|from|from_state|from_zip|to|to_state|to_zip|carrier|level|sku|kind|pieces|kg|price|channel
                                         1|a|04.03.2024 09:00|2024-03-04 09:05|n/a|2024-03-05 08:00|2024-03-07 15:00|2024-03-09 23:59|2024-03-04 08:55||delivered|s1|US|IL|60638|United States|NY|10001|ups|ground|k1|fragile|2|1.5|19.90|app
                                         2|a|04.03.2024 10:00|||||||2024-03-20 00:00|open|s1|US|||US|||||||n/a||n/a|
                                         3|a|04.03.2024 11:00|2024-03-04 11:30|||||||canceled|s1|US|||US||||||||||
                                         4|a|04.03.2024 12:00||2024-03-05 08:00||||||lost|s1|US|||US||||||||||
                                         5|a|04.03.2024 12:30||||2024-03-08 12:00||2024-03-09 12:00||delivered|s1|US|||US||||||||||
                                         """;

    @TempDir
    Path folder;

    /** Trained on, they would tell a forecast what it is to foretell. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "numeric: [price]       | numeric: [price, arrived]    | numeric     | deliveredAt",
            "categorical: [channel] | categorical: [state]         | categorical | status",
            "numeric: [price]       | numeric: [picked]            | numeric     | shippedAt",
            "numeric: [price]       | numeric: [paid]              | numeric     | approvedAt",
            "numeric: [price]       | numeric: [seen]              | numeric     | observedUntil",
            "numeric: [price]       | numeric: [due]              | numeric     | promisedAt"})
    void columnThatTellsTheOutcome_isNoFeature(String key, String instead, String field, String mapped) throws IOException {
        Path orders = Files.writeString(folder.resolve("orders.txt"), ORDERS);
        Mapping mapping = mapping(MAPPING.replace(key, instead).replace("promiseAsFeature: true", "promiseAsFeature: false"));
        assertThatThrownBy(() -> OrdersFile.read(orders, mapping, PLACES)).asInstanceOf(type(DoorstepException.class)).satisfies(e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
            assertThat(e.field()).isEqualTo(field);
            assertThat(e.getMessage()).contains(mapped).contains("not known when the forecast is made");
        });
    }

    /** Files often say of every row when they were exported: that is when an open order was watched to, not when one was cancelled. */
    @Test
    void cancelledOrder_isNotWatchedUntilTheExport() throws IOException {
        Mapping mapping = mapping("orderId: no\norderedAt: bought\ndeliveredAt: arrived\nstatus: state\nobservedUntil: seen\n");
        OrdersFile file = OrdersFile.read(Files.writeString(folder.resolve("orders.csv"), """
                                                                                          no,bought,arrived,state,seen
                                                                                          1,2024-03-01,2024-03-04,delivered,2024-12-31
                                                                                          2,2024-03-04,,canceled,2024-12-31
                                                                                          3,2024-03-05,,canceled,2024-03-06
                                                                                          4,2024-03-06,,open,2024-12-31
                                                                                          """), mapping, PLACES);
        assertThat(file.orders()).extracting(order -> order.knownUntil().toString().substring(0, 10)).containsExactly("2024-12-31",
                "2024-03-04", "2024-03-06", "2024-12-31");
    }

    @Test
    void everyKeyOfTheMapping_isRead() throws IOException {
        Mapping mapping = mapping(MAPPING);
        assertThat(mapping.anchor()).isEqualTo(Anchor.ORDERED_AT);
        assertThat(mapping.promiseAsFeature()).isTrue();
        OrdersFile file = OrdersFile.read(Files.writeString(folder.resolve("orders.txt"), ORDERS), mapping, PLACES);
        assertThat(file.unused()).isEmpty();
        Order first = file.orders().getFirst();
        assertThat(first.orderId()).isEqualTo("1");
        // Chicago is six hours behind.
        assertThat(first.facts().anchor()).isEqualTo("2024-03-04T15:00:00Z");
        assertThat(first.instant()).as("the quote, not the order").isEqualTo("2024-03-04T14:55:00Z");
        assertThat(first.handedOverAt()).as("the next column where the first has none").isEqualTo("2024-03-05T14:00:00Z");
        assertThat(first.deliveredAt()).isEqualTo("2024-03-07T21:00:00Z");
        assertThat(first.promisedAt()).isEqualTo("2024-03-10T05:59:00Z");
        OrderFacts facts = first.facts();
        assertThat(facts.lane().originId()).isEqualTo("s1");
        assertThat(facts.lane().originRegion()).isEqualTo("IL");
        assertThat(facts.lane().destinationCountry()).isEqualTo("US");
        assertThat(facts.lane().area()).isEqualTo("US-100");
        assertThat(facts.lane().carrier()).isEqualTo("ups");
        assertThat(facts.lane().service()).isEqualTo("ground");
        assertThat(facts.goods()).isEqualTo(new OrderFacts.Goods("k1", "fragile", 2, 1.5));
        assertThat(facts.numbers().values()).containsExactly(19.9);
        assertThat(facts.names().values()).containsExactly("app");
        assertThat(facts.promisedOffset()).isEqualTo(5.0);

        assertThat(order(file, "2").knownUntil()).as("open: as long as it was watched").isEqualTo("2024-03-20T05:00:00Z");
        assertThat(order(file, "2").facts().numbers()).isEmpty();
        assertThat(order(file, "2").facts().goods().quantity()).isNaN();
        assertThat(order(file, "3").knownUntil()).as("cancelled: the last that was heard of it").isEqualTo("2024-03-04T17:30:00Z");
        assertThat(order(file, "4").lost()).isTrue();
        assertThat(order(file, "4").deliveredAt()).isNull();
        assertThat(order(file, "5").instant()).as("a quote from after the delivery is none").isEqualTo("2024-03-04T18:30:00Z");
        assertThat(file.notes()).hasSize(1).containsValue(1);
    }

    @Test
    void gzip_isReadWhateverTheFileIsCalled_alsoParquet() throws Exception {
        Path plain = Files.writeString(folder.resolve("plain.csv"), ORDERS);
        OrdersFile expected = OrdersFile.read(plain, mapping(MAPPING), PLACES);
        assertThat(OrdersFile.read(zipped(plain, "zipped"), mapping(MAPPING), PLACES)).isEqualTo(expected);
        Path misnamed = Files.copy(plain, folder.resolve("plain.csv.gz"));
        assertThat(OrdersFile.read(misnamed, mapping(MAPPING), PLACES)).isEqualTo(expected);
        Path parquet = folder.resolve("it's.parquet");
        try (var duck = DriverManager.getConnection("jdbc:duckdb:"); var statement = duck.createStatement()) {
            statement.execute("COPY (SELECT * FROM read_csv('" + plain + "', delim='|', all_varchar=true)) TO '"
                    + parquet.toString().replace("'", "''") + "' (FORMAT parquet)");
        }
        assertThat(OrdersFile.read(parquet, mapping(MAPPING), PLACES).orders()).isEqualTo(expected.orders());
        assertThat(OrdersFile.read(zipped(parquet, "zipped.parquet.gz"), mapping(MAPPING), PLACES).orders()).isEqualTo(expected.orders());
    }

    @Test
    void absentColumn_isNamedWithItsKey() throws IOException {
        Path orders = Files.writeString(folder.resolve("orders.txt"), ORDERS);
        for (Map.Entry<String, String> wrong : Map.of("quoted", "predictedAt", "seen", "observedUntil", "parcel", "shipmentId", "[price]",
                "numeric", "[channel]", "categorical", "from_zip", "origin.postalCode", "kg", "product.weightKg").entrySet()) {
            String column = wrong.getKey().startsWith("[") ? "[elsewhere]" : "elsewhere";
            Mapping mapping = mapping(MAPPING.replaceFirst(": " + java.util.regex.Pattern.quote(wrong.getKey()), ": " + column));
            assertThatThrownBy(() -> OrdersFile.read(orders, mapping, PLACES)).as(wrong.getValue()).hasMessageContaining(wrong.getValue())
                    .hasMessageContaining("elsewhere");
        }
    }

    @Test
    void cellWithALineBreak_isOneCell_alsoInALargeFile() throws IOException {
        StringBuilder text = new StringBuilder("no,note,bought,arrived\n");
        for (int i = 0; i < 30_000; i++) {
            text.append(i).append(i == 29_000 ? ",\"leave it\nat the door\"," : ",plain,").append("2024-03-04 09:00,2024-03-07 15:00\n");
        }
        OrdersFile file = read(text.toString(), StandardCharsets.UTF_8, "");
        assertThat(file.orders()).hasSize(30_000);
        assertThat(file.unused()).isEmpty();
    }

    @Test
    void textInAnotherEncoding_isReadInFull() throws IOException {
        StringBuilder text = new StringBuilder("no,city,bought,arrived\n");
        for (int i = 0; i < 300; i++) {
            text.append(i).append(i % 2 == 0 ? ",Köln," : ",Bonn,").append("2024-03-04 09:00,2024-03-07 15:00\n");
        }
        text.append("300,5 € – Meißen,2024-03-04 09:00,2024-03-07 15:00\n");
        for (Charset encoding : List.of(StandardCharsets.UTF_8, Charset.forName("windows-1252"), StandardCharsets.UTF_16)) {
            OrdersFile file = read(text.toString(), encoding, "categorical: [city]\n");
            assertThat(file.orders()).as(encoding.name()).hasSize(301);
            assertThat(order(file, "0").facts().names()).containsValue("Köln");
            assertThat(order(file, "300").facts().names()).containsValue("5 € – Meißen");
        }
        // Letters that were written wrongly before do not make the old code page UTF-8.
        byte[] mixed = (text + "301,M#ller,2024-03-04 09:00,2024-03-07 15:00\n").getBytes(Charset.forName("windows-1252"));
        String latin = new String(mixed, StandardCharsets.ISO_8859_1).replace("#", "Ã¼");
        OrdersFile old = OrdersFile.read(Files.write(folder.resolve("mixed.csv"), latin.getBytes(StandardCharsets.ISO_8859_1)),
                mapping("orderId: \"no\"\norderedAt: bought\ndeliveredAt: arrived\ncategorical: [city]\n"), PLACES);
        assertThat(old.orders()).hasSize(302);
        assertThat(order(old, "0").facts().names()).containsValue("Köln");
        // One damaged line does not make it another encoding.
        byte[] damaged = text.append("301,K#,2024-03-04 09:00,2024-03-07 15:00\n").toString().getBytes(StandardCharsets.UTF_8);
        damaged[new String(damaged, StandardCharsets.ISO_8859_1).indexOf('#')] = (byte) 0xc3;
        OrdersFile file = OrdersFile.read(Files.write(folder.resolve("damaged.csv"), damaged),
                mapping("orderId: \"no\"\norderedAt: bought\ndeliveredAt: arrived\ncategorical: [city]\n"), PLACES);
        assertThat(order(file, "0").facts().names()).containsValue("Köln");
        assertThat(file.unused()).extracting(UnusedRow::reason).containsExactly(UnusedRow.Reason.NOT_A_ROW);
    }

    @Test
    void quoteThatIsNone_inALargeFile_swallowsNothing() throws IOException {
        StringBuilder text = new StringBuilder("no,note,bought,arrived\n");
        for (int i = 0; i < 30_000; i++) {
            text.append(i).append(i == 25_000 ? ",\"best shirt," : ",plain,").append("2024-03-04 09:00,2024-03-07 15:00\n");
        }
        assertThat(read(text.toString(), StandardCharsets.UTF_8, "").orders()).hasSize(30_000);
    }

    @Test
    void columnWithoutAName_isOneWhereRowsHaveIt() throws IOException {
        StringBuilder text = new StringBuilder("no,bought,arrived,\n");
        for (int i = 0; i < 100; i++) {
            text.append(i).append(",2024-03-04 09:00,2024-03-07 15:00,x\n");
        }
        assertThat(read(text.toString(), StandardCharsets.UTF_8, "").orders()).hasSize(100);
    }

    @Test
    void decimalComma_isToldFromThousands_byTheColumn() throws IOException {
        OrdersFile file = read("""
                               no;bought;arrived;price;weight;people
                               1;2024-03-04 09:00;2024-03-07 15:00;12,5;0,250;1,234
                               2;2024-03-04 09:00;2024-03-07 15:00;1.234,56;1,234;12,345,678
                               3;2024-03-04 09:00;2024-03-07 15:00;1.234;17;5
                               """, StandardCharsets.UTF_8, "numeric: [price, weight, people]\n");
        assertThat(order(file, "1").facts().numbers()).isEqualTo(Map.of("price", 12.5, "weight", 0.25, "people", 1234.0));
        assertThat(order(file, "2").facts().numbers()).isEqualTo(Map.of("price", 1234.56, "weight", 1.234, "people", 12_345_678.0));
        assertThat(order(file, "3").facts().numbers()).isEqualTo(Map.of("price", 1234.0, "weight", 17.0, "people", 5.0));
    }

    @Test
    void decimals_thatContradictEachOther_areSaid_andTheMappingDecides() throws IOException {
        String orders = """
                        no;bought;arrived;price
                        1;2024-03-04 09:00;2024-03-07 15:00;12.50
                        2;2024-03-04 09:00;2024-03-07 15:00;12,5
                        3;2024-03-04 09:00;2024-03-07 15:00;1,500
                        """;
        OrdersFile told = read(orders, StandardCharsets.UTF_8, "numeric: [price]\n");
        assertThat(order(told, "1").facts().numbers()).containsValue(12.5);
        assertThat(order(told, "3").facts().numbers()).containsValue(1500.0);
        assertThat(told.notes()).containsKey("price has decimal commas and decimal points, and is read by what most of it has");
        OrdersFile mostly = read(orders + "4;2024-03-04 09:00;2024-03-07 15:00;0,5\n5;2024-03-04 09:00;2024-03-07 15:00;7,25\n",
                StandardCharsets.UTF_8, "numeric: [price]\n");
        assertThat(order(mostly, "5").facts().numbers()).containsValue(7.25);
        assertThat(order(mostly, "3").facts().numbers()).containsValue(1.5);
        OrdersFile decided = read(orders, StandardCharsets.UTF_8, "numeric: [price]\ndecimal: \",\"\n");
        assertThat(order(decided, "3").facts().numbers()).containsValue(1.5);
        assertThat(decided.notes()).isEmpty();
        OrdersFile second = read("""
                                 no;bought;arrived;kg;gewicht
                                 1;2024-03-04 09:00;2024-03-07 15:00;;12,5
                                 """, StandardCharsets.UTF_8, "product: {weightKg: [kg, gewicht]}\n");
        assertThat(order(second, "1").facts().goods().weightKg()).isEqualTo(12.5);
        assertThatThrownBy(() -> mapping("orderId: a\norderedAt: b\ndeliveredAt: c\ndecimal: x\n")).hasMessageContaining("decimal");
    }

    @Test
    void rowsBehindALineThatIsNone_keepTheirNumbers() throws IOException {
        StringBuilder text = new StringBuilder("no,bought,arrived\n");
        for (int i = 1; i <= 100; i++) {
            text.append(i).append(i == 70 ? ",never" : ",2024-03-04 09:00").append(",2024-03-07 15:00")
                    .append(i == 30 ? ",and,much,more" : "").append('\n');
        }
        OrdersFile file = read(text.toString(), StandardCharsets.UTF_8, "delimiter: \",\"\n");
        assertThat(file.unused()).extracting(UnusedRow::row, UnusedRow::reason).containsExactlyInAnyOrder(
                tuple(30L, UnusedRow.Reason.NOT_A_ROW), tuple(70L, UnusedRow.Reason.NO_ANCHOR));
        assertThat(order(file, "100").row()).isEqualTo(100);
    }

    @Test
    void mistypedTime_isNotTheEndOfTheFile() throws IOException {
        StringBuilder text = new StringBuilder("no,bought,arrived,seen\n");
        for (int i = 0; i < 200; i++) {
            text.append(i).append(",2024-03-04 09:00,").append(i == 7 ? "2099-12-31" : "2024-03-07").append(" 15:00,\n");
        }
        // One that is still open was watched until the file was exported, years later.
        text.append("200,2024-03-04 09:00,,2027-01-01 00:00\n");
        OrdersFile file = read(text.toString(), StandardCharsets.UTF_8, "observedUntil: seen\n");
        assertThat(file.until()).isEqualTo("2024-03-07T15:00:00Z");
        assertThat(file.orders()).hasSize(200);
        assertThat(order(file, "200").knownUntil()).isEqualTo("2027-01-01T00:00:00Z");
        assertThat(file.unused()).singleElement().satisfies(row -> {
            assertThat(row.reason()).isEqualTo(UnusedRow.Reason.TIME_BEYOND_BELIEF);
            assertThat(row.row()).isEqualTo(8);
            assertThat(row.value()).isEqualTo("2099-12-31T15:00:00Z");
        });
    }

    private OrdersFile read(String text, Charset encoding, String more) throws IOException {
        return OrdersFile.read(Files.writeString(folder.resolve("orders.csv"), text, encoding),
                mapping("orderId: \"no\"\norderedAt: bought\ndeliveredAt: arrived\n" + more), PLACES);
    }

    private static Order order(OrdersFile file, String orderId) {
        return file.orders().stream().filter(order -> order.orderId().equals(orderId)).findFirst().orElseThrow();
    }

    private Mapping mapping(String text) throws IOException {
        return MappingReader.read(Files.writeString(folder.resolve("mapping.yaml"), text));
    }

    private Path zipped(Path file, String name) throws IOException {
        Path zipped = folder.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            Files.copy(file, out);
        }
        return zipped;
    }
}
