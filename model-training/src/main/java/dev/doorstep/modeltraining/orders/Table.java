package dev.doorstep.modeltraining.orders;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A CSV or Parquet file, plain or compressed, as rows of text. Read by DuckDB, which knows the dialects.
 *
 * @param columns names, in the file's order
 * @param rows values in the order of the columns, null where there is none
 * @param rejected lines that are no row, by line number, with the reason
 */
public record Table(List<String> columns, List<@Nullable String[]> rows, Map<Long, String> rejected) {
    /** What a Parquet file starts with. */
    private static final String PARQUET = "PAR1";

    /** What a file starts with that gzip wrote. */
    private static final int GZIP = 0x1f8b;

    /**
     * Reads a file, whatever it is called: what it is shows by how it starts.
     *
     * @param delimiter of CSV, or null to find it by looking
     * @param most rows to read, all of them where it is 0
     * @throws DoorstepException {@code INVALID_REQUEST} when it can't be read as a table
     */
    public static Table read(Path file, @Nullable String delimiter, long most) {
        if (!Files.isRegularFile(file)) {
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders", "orders: there is no file " + file);
        }
        String limit = most == 0 ? "" : " LIMIT " + most;
        try {
            boolean gzip = isGzip(file);
            byte[] start;
            try (InputStream in = open(file, gzip)) {
                start = in.readNBytes(PARQUET.length());
            }
            if (new String(start, StandardCharsets.ISO_8859_1).equals(PARQUET)) {
                return parquet(file, gzip, limit);
            }
            if (isMarkOfUtf16(start)) {
                return transcoded(file, gzip, StandardCharsets.UTF_16, delimiter, limit);
            }
            String compression = gzip ? ", compression='gzip'" : file.toString().endsWith(".gz") ? ", compression='none'" : "";
            Table table = csv(file, compression, delimiter, limit);
            return table.isInTheOldCodePage() ? transcoded(file, gzip, Charset.forName("windows-1252"), delimiter, limit) : table;
        } catch (SQLException | IOException e) {
            // Not the line itself, which is a customer's.
            String message = String.valueOf(e.getMessage()).lines().filter(line -> !line.isBlank() && !line.startsWith("Original Line"))
                    .limit(2).collect(Collectors.joining(" "));
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders", "orders: " + file + " can't be read as a table: " + message,
                    e);
        }
    }

    private static Table csv(Path file, String compression, @Nullable String delimiter, String limit) throws SQLException {
        return select("SELECT * FROM read_csv(" + quoted(file) + ", header=true, all_varchar=true, null_padding=true, store_rejects=true"
        // Quotes may come late, and the parallel reader tears cells with line breaks where rows may be padded.
                + ", sample_size=-1, parallel=false" + compression
                + (delimiter == null ? "" : ", delim='" + (delimiter.equals("'") ? "''" : delimiter) + "'") + ")" + limit);
    }

    /** Spreadsheets still write so. Of letters beyond ASCII more are not UTF-8 then than are; else some lines of it are damaged. */
    private boolean isInTheOldCodePage() {
        long others = rejected.values().stream().filter(error -> error.toLowerCase(Locale.ROOT).contains("utf-8")).count();
        return others > 0 && others > rows.stream().filter(Table::hasLettersBeyondAscii).count();
    }

    private static boolean hasLettersBeyondAscii(@Nullable String[] row) {
        return Arrays.stream(row).anyMatch(cell -> cell != null && cell.chars().anyMatch(letter -> letter > 127));
    }

    private static Table transcoded(Path file, boolean gzip, Charset from, @Nullable String delimiter, String limit)
            throws IOException, SQLException {
        Path plain = Files.createTempFile("orders-", ".csv");
        try (Reader in = new InputStreamReader(open(file, gzip), from);
                Writer out = Files.newBufferedWriter(plain)) {
            in.transferTo(out);
            out.flush();
            return csv(plain, "", delimiter, limit);
        } finally {
            Files.delete(plain);
        }
    }

    private static Table parquet(Path file, boolean gzip, String limit) throws IOException, SQLException {
        if (!gzip) {
            return select("SELECT COLUMNS(*)::VARCHAR FROM read_parquet(" + quoted(file) + ")" + limit);
        }
        // It is read from its end, which a stream does not have.
        Path plain = Files.createTempFile("orders-", ".parquet");
        try (InputStream in = open(file, gzip)) {
            Files.copy(in, plain, StandardCopyOption.REPLACE_EXISTING);
            return parquet(plain, false, limit);
        } finally {
            Files.delete(plain);
        }
    }

    private static String quoted(Path file) {
        return "'" + file.toString().replace("'", "''") + "'";
    }

    private static boolean isGzip(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return (in.read() << 8 | in.read()) == GZIP;
        }
    }

    /** Its content, of a compressed file what was compressed. */
    private static InputStream open(Path file, boolean gzip) throws IOException {
        InputStream whole = Files.newInputStream(file);
        try {
            return gzip ? new GZIPInputStream(whole) : whole;
        } catch (IOException e) {
            whole.close();
            throw e;
        }
    }

    private static boolean isMarkOfUtf16(byte[] start) {
        return start.length > 1
                && ((start[0] == (byte) 0xfe && start[1] == (byte) 0xff) || (start[0] == (byte) 0xff && start[1] == (byte) 0xfe));
    }

    private static Table select(String sql) throws SQLException {
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = duck.createStatement()) {
            List<String> columns = new ArrayList<>();
            List<@Nullable String[]> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery(sql)) {
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    columns.add(result.getMetaData().getColumnName(i));
                }
                while (result.next()) {
                    @Nullable
                    String[] row = new String[columns.size()];
                    for (int i = 0; i < row.length; i++) {
                        String value = result.getString(i + 1);
                        row[i] = value == null || value.isBlank() ? null : value.strip();
                    }
                    rows.add(row);
                }
            }
            return sql.contains("store_rejects") ? withinHeader(columns, rows, rejects(statement)) : new Table(columns, rows, Map.of());
        }
    }

    /**
     * A few rows that have more cells than the header make the reader name more columns; what stands in them may stand anywhere. A column
     * that most rows have is one, if without a name.
     */
    private static Table withinHeader(List<String> columns, List<@Nullable String[]> rows, Map<Long, String> rejected) {
        int named = columns.size();
        while (named > 1 && columns.get(named - 1).equals("column" + (named - 1)) && isRare(rows, named - 1)) {
            named--;
        }
        if (named == columns.size()) {
            return new Table(columns, rows, rejected);
        }
        List<@Nullable String[]> within = new ArrayList<>();
        Map<Long, String> beyond = new TreeMap<>(rejected);
        long[] lines = lines(rows.size(), rejected);
        for (int i = 0; i < lines.length; i++) {
            @Nullable
            String[] row = rows.get(i);
            int cells = row.length;
            while (cells > named && row[cells - 1] == null) {
                cells--;
            }
            if (cells > named) {
                beyond.put(lines[i], "it has " + cells + " cells, and the header has " + named);
            } else {
                within.add(Arrays.copyOf(row, named));
            }
        }
        return new Table(List.copyOf(columns.subList(0, named)), within, beyond);
    }

    /** The line of each row: the header is line 1, and what was rejected has its place among the rows. */
    long[] lines() {
        return lines(rows.size(), rejected);
    }

    private static long[] lines(int rows, Map<Long, String> rejected) {
        return LongStream.iterate(2, line -> line + 1).filter(line -> !rejected.containsKey(line)).limit(rows).toArray();
    }

    private static boolean isRare(List<@Nullable String[]> rows, int column) {
        return rows.stream().filter(row -> row[column] != null).count() * 2 < rows.size();
    }

    private static Map<Long, String> rejects(Statement statement) throws SQLException {
        Map<Long, String> rejected = new TreeMap<>();
        try (ResultSet result = statement.executeQuery("SELECT line, error_message FROM reject_errors")) {
            while (result.next()) {
                rejected.putIfAbsent(result.getLong(1), String.valueOf(result.getString(2)).lines().findFirst().orElse(""));
            }
        }
        return rejected;
    }
}
