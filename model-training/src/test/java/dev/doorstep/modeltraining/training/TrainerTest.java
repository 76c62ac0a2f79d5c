package dev.doorstep.modeltraining.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorstep.commonmodel.place.Places;
import dev.doorstep.modeltraining.orders.Mapping;
import dev.doorstep.modeltraining.orders.MappingReader;
import dev.doorstep.modeltraining.orders.OrdersFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
    private static final LocalDate FIRST = LocalDate.of(2024, 1, 1);
    private static final int CUTOFF = 300;

    @TempDir
    Path folder;

    /** What comes after the cut-off of a forward test is not known when its parameters are chosen. */
    @Test
    void parameters_areChosenWithoutOutcomesFromAfterTheCutoff() throws IOException {
        assertThat(chosen(60)).isNotEmpty().isEqualTo(chosen(0));
    }

    /** A sale on the eve of the first origin: of a quarter of the orders before it nobody had seen a whole day. */
    @Test
    void ordersOfOneDay_checkNothing_andParametersAreChosenByTheOthers() throws IOException {
        StringBuilder orders = new StringBuilder("id,bought,arrived,seller\n");
        for (int i = 0; i < 5_500; i++) {
            int day = i < 2_000 ? i / 10 : i < 3_500 ? 199 : 200 + (i - 3_500) / 11;
            orders.append(i).append(',').append(at(day)).append(',').append(at(day + 2 + i % 7)).append(",s").append(i % 5).append('\n');
        }
        assertThat(chosen(orders)).hasSize(1);
    }

    /** The parameters that are chosen where what arrives after the cut-off does so later by some days. */
    private List<String> chosen(int later) throws IOException {
        Random random = new Random(3);
        StringBuilder orders = new StringBuilder("id,bought,arrived,seller\n");
        for (int i = 0; i < 4_000; i++) {
            int day = i / 10;
            int seller = random.nextInt(12);
            int arrived = day + 1 + 3 * seller + random.nextInt(40);
            orders.append(i).append(',').append(at(day)).append(',').append(at(arrived > CUTOFF ? arrived + later : arrived)).append(",s")
                    .append(seller).append('\n');
        }
        return chosen(orders);
    }

    private List<String> chosen(CharSequence orders) throws IOException {
        Mapping mapping = MappingReader.read(Files.writeString(folder.resolve("mapping.yaml"),
                "orderId: id\norderedAt: bought\ndeliveredAt: arrived\norigin: {id: seller}\n"));
        OrdersFile file = OrdersFile.read(Files.writeString(folder.resolve("orders.csv"), orders), mapping, Places.load());
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        new Trainer(new Input(file, mapping, Places.load(), null, 1, 2, "test", "1.0.0", Map.of(), null), List.of(at(200), at(CUTOFF)),
                new Progress(new PrintStream(told, true, StandardCharsets.UTF_8), Clock.systemUTC())).test(at(380));
        return told.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains("chose "))
                .map(line -> line.substring(line.indexOf("chose "))).toList();
    }

    private static Instant at(int day) {
        return FIRST.plusDays(day).atTime(9, 0).toInstant(ZoneOffset.UTC);
    }
}
