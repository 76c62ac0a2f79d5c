package dev.doorstep.syntheticworld;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.forecasting.policy.Calendars;
import dev.doorstep.forecasting.policy.PolicyReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthTest {
    @TempDir
    Path folder;

    @Test
    void truth_ofManyOrders_isWhereTheyArrive() throws Exception {
        generate(folder, 20_000, 3);
        List<String> orders = Files.readAllLines(folder.resolve(Generator.ORDERS));
        List<String> truths = Files.readAllLines(folder.resolve(Generator.TRUTH));
        assertThat(truths).hasSameSizeAs(orders);
        double sum = 0;
        double late = 0;
        int count = 0;
        for (int i = 1; i < orders.size(); i++) {
            String[] order = orders.get(i).split(",", -1);
            String[] truth = truths.get(i).split(",", -1);
            assertThat(truth[0]).isEqualTo(order[0]);
            double[] probabilities = java.util.Arrays.stream(truth[2].split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
            assertThat(java.util.Arrays.stream(probabilities).sum()).isCloseTo(1, within(1e-5));
            // Orders of the last weeks have only arrived if they were fast.
            if (order[6].equals("delivered") && i < 0.8 * orders.size()) {
                long arrived = Instant.parse(order[3]).atZone(World.ZONE).toLocalDate().toEpochDay()
                        - LocalDate.parse(truth[1]).toEpochDay();
                double before = 0;
                for (int day = 0; day < arrived && day < probabilities.length; day++) {
                    before += probabilities[day];
                }
                sum += before + (arrived < probabilities.length ? probabilities[(int) arrived] / 2 : 0);
                late += before > 0.9 ? 1 : 0;
                count++;
            }
        }
        // Uniform in the mean: half of the mass lies before each arrival, and a tenth of the arrivals in the last tenth.
        assertThat(sum / count).isCloseTo(0.5, within(0.01));
        assertThat(late / count).isBetween(0.04, 0.1);
    }

    @Test
    void generate_sameSeed_givesTheSameFiles() throws Exception {
        generate(folder.resolve("one"), 500, 9);
        generate(folder.resolve("two"), 500, 9);
        generate(folder.resolve("other"), 500, 10);
        for (String name : List.of(Generator.ORDERS, Generator.TRUTH, Generator.MAPPING, Generator.CLICKSTREAM)) {
            assertThat(folder.resolve("one").resolve(name)).hasSameBinaryContentAs(folder.resolve("two").resolve(name));
        }
        assertThat(Files.readString(folder.resolve("one").resolve(Generator.ORDERS)))
                .isNotEqualTo(Files.readString(folder.resolve("other").resolve(Generator.ORDERS)));
    }

    private static void generate(Path out, int orders, long seed) throws Exception {
        Places places = Places.load();
        new Generator(seed, orders, new PolicyReader(places).readDefault().policy(), places, new Calendars()).write(out);
    }
}
