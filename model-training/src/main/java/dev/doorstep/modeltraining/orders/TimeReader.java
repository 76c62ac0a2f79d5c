package dev.doorstep.modeltraining.orders;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.TemporalAccessor;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads times by the formats of a mapping. A date is the start of its day. Immutable. */
public final class TimeReader {
    /** Forms that need no format: ISO 8601, with a space or a T, with or without offset, seconds and time. */
    static final List<String> DEFAULTS = List.of("yyyy-MM-dd['T'][ ]HH:mm[:ss][.SSSSSSSSS][.SSSSSS][.SSS][.SS][.S][ ][XXX][XX][X]",
            "yyyy-MM-dd");
    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 2100;

    private final List<DateTimeFormatter> formats;
    private final ZoneId zone;

    public TimeReader(List<String> formats, ZoneId zone) {
        this.formats = (formats.isEmpty() ? DEFAULTS : formats).stream()
                .map(format -> new DateTimeFormatterBuilder().parseCaseInsensitive().appendPattern(format).toFormatter(Locale.ENGLISH))
                .toList();
        this.zone = zone;
    }

    /** The instant that a text means, or null where no format takes it or it lies outside of 1970 to 2100. */
    public @Nullable Instant read(String text) {
        for (DateTimeFormatter format : formats) {
            try {
                TemporalAccessor parsed = format.parseBest(text, ZonedDateTime::from, OffsetDateTime::from, LocalDateTime::from,
                        LocalDate::from);
                Instant instant = switch (parsed) {
                    case ZonedDateTime zoned -> zoned.toInstant();
                    case OffsetDateTime offset -> offset.toInstant();
                    case LocalDateTime local -> local.atZone(zone).toInstant();
                    default -> LocalDate.from(parsed).atStartOfDay(zone).toInstant();
                };
                int year = instant.atZone(zone).getYear();
                return year < FIRST_YEAR || year > LAST_YEAR ? null : instant;
            } catch (DateTimeParseException _) {
                // The next format may take it.
            }
        }
        return null;
    }
}
