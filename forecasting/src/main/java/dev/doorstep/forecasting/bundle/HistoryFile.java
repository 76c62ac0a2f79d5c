package dev.doorstep.forecasting.bundle;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import dev.doorstep.forecasting.model.History;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The file of a history: a line for each entity, its key last because it may hold anything but a line's end. */
public final class HistoryFile {
    private static final String HEADER = Arrays.stream(History.Stat.values()).map(stat -> stat.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(",")) + ",entity";

    private HistoryFile() {}

    /** Writes a history, sorted by entity. */
    public static byte[] write(History history) {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        new TreeMap<>(history.entities()).forEach((key, values) -> {
            for (float value : values) {
                text.append(Float.isNaN(value) ? "" : Float.toString(value)).append(',');
            }
            text.append(key.replaceAll("[\r\n]", " ")).append('\n');
        });
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    static History read(Instant asOf, String text) {
        int stats = History.Stat.values().length;
        Map<String, float[]> entities = new HashMap<>();
        boolean header = true;
        for (String line : (Iterable<String>) text.lines()::iterator) {
            String[] cells = line.split(",", stats + 1);
            if (header ? !line.equals(HEADER) : cells.length != stats + 1) {
                throw unreadable(line, null);
            }
            if (!header) {
                float[] values = new float[stats];
                try {
                    for (int i = 0; i < stats; i++) {
                        values[i] = cells[i].isEmpty() ? Float.NaN : Float.parseFloat(cells[i]);
                    }
                } catch (NumberFormatException e) {
                    throw unreadable(line, e);
                }
                entities.put(cells[stats], values);
            }
            header = false;
        }
        return new History(asOf, entities);
    }

    private static DoorstepException unreadable(String line, @Nullable NumberFormatException cause) {
        return new DoorstepException(ErrorCode.INVALID_MODEL, Bundle.HISTORY,
                Bundle.HISTORY + " is not as this version has it: " + DoorstepException.shown(line), cause);
    }
}
