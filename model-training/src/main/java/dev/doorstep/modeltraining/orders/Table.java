package dev.doorstep.modeltraining.orders;

import dev.doorstep.commonmodel.error.DoorstepException;
import dev.doorstep.commonmodel.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
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
            if (isParquet(file, gzip)) {
                return parquet(file, gzip, limit);
            }
            String csv = "SELECT * FROM read_csv(" + quoted(file) + ", header=true, all_varchar=true, null_padding=true, store_rejects=true"
                    + (gzip ? ", compression='gzip'" : file.toString().endsWith(".gz") ? ", compression='none'" : "")
                    + (delimiter == null ? "" : ", delim='" + (delimiter.equals("'") ? "''" : delimiter) + "'");
            try {
                return select(csv + ")" + limit);
            } catch (SQLException e) {
                // Spreadsheets still write in the old western code page.
                if (String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("utf-8")) {
                    return select(csv + ", encoding='latin-1')" + limit);
                }
                throw e;
            }
        } catch (SQLException | IOException e) {
            String message = String.valueOf(e.getMessage());
            throw new DoorstepException(ErrorCode.INVALID_REQUEST, "orders",
                    "orders: " + file + " can't be read as a table: " + message.lines().findFirst().orElse(message), e);
        }
    }

    private static Table parquet(Path file, boolean gzip, String limit) throws IOException, SQLException {
        if (!gzip) {
            return select("SELECT COLUMNS(*)::VARCHAR FROM read_parquet(" + quoted(file) + ")" + limit);
        }
        // It is read from its end, which a stream does not have.
        Path plain = Files.createTempFile("orders-", ".parquet");
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
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

    private static boolean isParquet(Path file, boolean gzip) throws IOException {
        try (InputStream whole = Files.newInputStream(file); InputStream in = gzip ? new GZIPInputStream(whole) : whole) {
            return new String(in.readNBytes(PARQUET.length()), StandardCharsets.ISO_8859_1).equals(PARQUET);
        }
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
            return new Table(columns, rows, sql.contains("store_rejects") ? rejects(statement) : Map.of());
        }
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
