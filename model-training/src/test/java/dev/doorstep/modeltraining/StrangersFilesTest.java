package dev.doorstep.modeltraining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.modeltraining.orders.MappingReader;
import dev.doorstep.modeltraining.orders.OrdersFile;
import dev.doorstep.modeltraining.orders.UnusedRow;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files of shapes that nobody prepared. */
class StrangersFilesTest {
    private static final Path SCMS = Path.of("..", "..", "shared", "data", "scms-delivery-history.csv").toAbsolutePath();

    @TempDir
    Path folder;

    @Test
    void marketplaceFile_withTimesOnly_trainsThroughADraftedMapping() throws Exception {
        Path orders = folder.resolve("marketplace.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(orders))) {
            out.write(marketplace(6_000).getBytes(StandardCharsets.UTF_8));
        }
        String draft = run(0, "map", "--orders", orders.toString());
        assertThat(draft).contains("orderId: \"order_id\"", "orderedAt: \"order_purchase_timestamp\"", "approvedAt: \"order_approved_at\"",
                "shippedAt: \"order_delivered_carrier_date\"", "deliveredAt: \"order_delivered_customer_date\"",
                "promisedAt: \"order_estimated_delivery_date\"", "status: \"order_status\"");
        Path mapping = folder.resolve("mapping.yaml");
        Files.writeString(mapping, draft.replace("promiseAsFeature: false", "promiseAsFeature: true"));
        String said = run(0, "train", "--orders", orders.toString(), "--mapping", mapping.toString(), "--out",
                folder.resolve("bundle").toString());
        assertThat(said).contains("The file's own promises were late for");
        assertThat(Files.readString(folder.resolve("bundle").resolve("schema.json"))).contains("\"promised_days\"");
        JsonNode metrics = new JsonMapper().readTree(Files.readString(folder.resolve("bundle").resolve("metrics.json")));
        assertThat(metrics.path("rps").asDouble()).isLessThan(metrics.path("references").path("promised").path("rps").asDouble());
        assertThat(metrics.path("atEqualLateRate").path("promised").asDouble())
                .isLessThan(metrics.path("references").path("promised").path("averagePromisedDays").asDouble());
    }

    @Test
    void map_guessesZoneAndShareOfRows_andSaysWhatItCouldNot() throws Exception {
        Path orders = folder.resolve("sellers.csv");
        Files.writeString(orders, """
                                  no,bought,ship country,ship zip
                                  1,2024-01-02 10:00,United States,94110
                                  2,2024-01-02 11:00,US,94103
                                  3,,US,10001
                                  4,2024-01-02 12:00,Atlantis,1
                                  """);
        String draft = run(0, "map", "--orders", orders.toString());
        assertThat(draft).contains("# 75.0 % of the rows have a time here\norderedAt: \"bought\"")
                .contains("most parcels go (66.7 % of 3 rows)\nzone: America/Los_Angeles\n")
                .contains("destination: {country: \"ship country\", postalCode: \"ship zip\"}")
                .contains("# Could not guess: orderId, one of [no, bought, ship country, ship zip]", "# Could not guess: deliveredAt");
        // Nothing tells where, so days are counted in UTC, which is said to be a guess.
        assertThat(run(0, "map", "--orders", marketplaceFile().toString())).contains("because no file says it:\nzone: UTC");
    }

    private Path marketplaceFile() throws Exception {
        return Files.writeString(folder.resolve("marketplace.csv"), marketplace(50));
    }

    @Test
    void parquetAndCsv_areReadAlike() throws Exception {
        Path csv = folder.resolve("orders.csv");
        Path parquet = folder.resolve("orders.parquet");
        Files.writeString(csv, marketplace(300));
        try (var duck = DriverManager.getConnection("jdbc:duckdb:"); var statement = duck.createStatement()) {
            statement.execute("COPY (SELECT * FROM read_csv('" + csv + "')) TO '" + parquet + "' (FORMAT parquet)");
        }
        Path mapping = folder.resolve("mapping.yaml");
        Files.writeString(mapping, run(0, "map", "--orders", csv.toString()));
        Places places = Places.load();
        assertThat(OrdersFile.read(parquet, MappingReader.read(mapping), places).orders())
                .isEqualTo(OrdersFile.read(csv, MappingReader.read(mapping), places).orders()).hasSizeGreaterThan(250);
    }

    @Test
    void rowsThatCantBeUsed_areCountedByReason() throws Exception {
        Path orders = folder.resolve("orders.csv");
        Files.writeString(orders, """
                                  id;bought;arrived;state
                                  1;2024-01-02 10:00;2024-01-05 12:00;delivered
                                  1;2024-01-02 10:00;2024-01-05 12:00;delivered
                                  ;2024-01-02 10:00;2024-01-05 12:00;delivered
                                  3;soon;2024-01-05 12:00;delivered
                                  4;2024-01-02 10:00;;delivered
                                  5;2024-01-09 10:00;2024-01-05 12:00;delivered
                                  6;2024-01-03 10:00;;shipped
                                  7;2024-01-03 10:00;;canceled
                                  8;9999-01-03 10:00;;open
                                  """);
        Path mapping = folder.resolve("mapping.yaml");
        Files.writeString(mapping, "orderId: id\norderedAt: bought\ndeliveredAt: arrived\nstatus: state\n");
        OrdersFile file = OrdersFile.read(orders, MappingReader.read(mapping), Places.load());
        assertThat(file.orders()).extracting(order -> order.orderId()).containsExactly("1", "6", "7");
        assertThat(OrdersFile.counts(file.unused())).containsEntry(UnusedRow.Reason.DUPLICATE, 1L)
                .containsEntry(UnusedRow.Reason.NO_ORDER_ID, 1L)
                .containsEntry(UnusedRow.Reason.NO_ANCHOR, 2L).containsEntry(UnusedRow.Reason.NO_DELIVERY_TIME, 1L)
                .containsEntry(UnusedRow.Reason.DELIVERED_BEFORE_ORDER, 1L);
        assertThat(file.unused()).anySatisfy(row -> {
            assertThat(row.row()).isEqualTo(4);
            assertThat(row.field()).isEqualTo("orderedAt");
            assertThat(row.value()).isEqualTo("soon");
        });
    }

    @Test
    void scms_trainsThroughTheShippedMappings() throws Exception {
        assumeTrue(Files.exists(SCMS), "the public SCMS file is not here");
        for (String mapping : new String[]{"scms-scheduled", "scms-ordered"}) {
            // The script tells where it was called from, so that only whole paths mean the same everywhere.
            String example = Path.of("examples", mapping + ".yaml").toAbsolutePath().toString();
            Path bundle = folder.resolve(mapping);
            run(0, "train", "--orders", SCMS.toString(), "--mapping", example, "--out", bundle.toString());
            JsonNode evaluated = new JsonMapper().readTree(run(0, "evaluate", "--bundle", bundle.toString(), "--orders", SCMS.toString(),
                    "--mapping", example, "--json"));
            assertThat(evaluated.path("rows").asInt()).isEqualTo(mapping.equals("scms-scheduled") ? 8498 : 6554);
            assertThat(evaluated.path("rps").asDouble()).isLessThan(evaluated.path("references").path("promised").path("rps").asDouble());
        }
    }

    /** Purchase, approval, hand-over, delivery and estimate, as marketplaces export them; the estimate knows how far it is. */
    private static String marketplace(int orders) {
        DateTimeFormatter time = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
        Random random = new Random(4);
        StringBuilder csv = new StringBuilder(
                "\"order_id\",\"customer_id\",\"order_status\",\"order_purchase_timestamp\",\"order_approved_at\","
                        + "\"order_delivered_carrier_date\",\"order_delivered_customer_date\",\"order_estimated_delivery_date\"\n");
        LocalDateTime start = LocalDateTime.of(2017, 1, 1, 0, 0);
        for (int i = 0; i < orders; i++) {
            LocalDateTime bought = start.plusMinutes((long) (i * 500.0 * 1440 / orders)).plusSeconds(random.nextInt(3600));
            LocalDateTime approved = bought.plusMinutes(random.nextInt(600));
            LocalDateTime handed = approved.plusHours(12 + random.nextInt(72));
            int distance = random.nextInt(3);
            LocalDateTime arrived = handed.plusHours((long) (24 * (2 + 4 * distance + 3 * Math.abs(random.nextGaussian()))));
            LocalDateTime estimate = bought.plusDays(8 + 4 * distance + random.nextInt(3)).toLocalDate().atStartOfDay();
            int kind = random.nextInt(100);
            String status = kind < 96 ? "delivered" : kind < 98 ? "canceled" : "shipped";
            csv.append(String.join(",", "a" + i, "c" + i, status, time.format(bought), time.format(approved),
                    status.equals("canceled") ? "" : time.format(handed), status.equals("delivered") ? time.format(arrived) : "",
                    time.format(estimate))).append('\n');
        }
        return csv.toString();
    }

    private static String run(int status, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(Main.line(new PrintWriter(out, true), new PrintWriter(err, true)).execute(arguments)).as(err.toString())
                .isEqualTo(status);
        return out.toString();
    }
}
