package dev.doorstep.modeltraining.training;

import dev.doorstep.forecasting.bundle.Bundle;
import dev.doorstep.forecasting.forest.Forest;
import dev.doorstep.forecasting.model.CandidateDays;
import dev.doorstep.forecasting.model.DayColumns;
import dev.doorstep.forecasting.model.HazardModel;
import dev.doorstep.forecasting.model.Support;
import dev.doorstep.modeltraining.orders.Prepared;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;

/**
 * Writes the features of a training to Parquet: a row for each order and open candidate day, with the bundle's forecast before calibration,
 * which 1 − Π(1 − sigmoid(raw score)) over the rows of an order gives again; its last row is 1. A hazard model of one's own learns
 * {@code arrived} on the rows that are {@code at_risk}: those of orders that had not arrived before, of days whose end was seen.
 */
public final class FeatureFile {
    private FeatureFile() {}

    /** Writes the file, over one that is there. */
    public static void write(Path file, Trainer trainer, Bundle bundle) throws IOException {
        List<String> names = trainer.schema().names();
        String columns = "row INTEGER, order_id VARCHAR, from_day INTEGER, arrived BOOLEAN, at_risk BOOLEAN, forecast DOUBLE, "
                + names.stream().map(name -> '"' + name.replace("\"", "\"\"") + "\" DOUBLE").collect(Collectors.joining(", "));
        try (Connection duck = DriverManager.getConnection("jdbc:duckdb:"); Statement statement = duck.createStatement()) {
            statement.execute("CREATE TABLE features (" + columns + ")");
            try (DuckDBAppender appender = ((DuckDBConnection) duck).createAppender("main", "features")) {
                append(appender, trainer, bundle);
            }
            statement.execute("COPY features TO '" + file.toString().replace("'", "''") + "' (FORMAT parquet, COMPRESSION zstd)");
        } catch (SQLException e) {
            throw new IOException("features can't be written to " + file, e);
        }
    }

    private static void append(DuckDBAppender appender, Trainer trainer, Bundle bundle) throws SQLException {
        Support support = bundle.settings().support();
        HazardModel model = bundle.model();
        Forest.Scratch scratch = model.scratch();
        CandidateDays days = bundle.settings().candidateDays();
        DayColumns dayColumns = new DayColumns(trainer.schema().names());
        double[] cumulative = new double[support.days()];
        Instant known = bundle.manifest().knownUntil();
        List<Prepared> orders = trainer.setup().orders();
        for (int i = 0; i < orders.size(); i++) {
            Prepared each = orders.get(i);
            days.set(each.clock(), each.delivers());
            double[] row = trainer.rows()[i].clone();
            model.cumulative(row, days, scratch, cumulative);
            HazardTrainer.Learned learned = HazardTrainer.Learned.of(each, known, days, bundle.settings());
            for (int bin = 0; bin <= days.lastOpen(); bin++) {
                if (days.isOpen(bin)) {
                    dayColumns.fill(days, bin, row, 0);
                    appender.beginRow();
                    appender.append(each.order().row());
                    appender.append(each.order().orderId());
                    appender.append(support.starts()[bin]);
                    appender.append(bin == learned.event());
                    appender.append(bin <= learned.lastAtRisk());
                    appender.append(cumulative[support.endOf(bin) - 1 - support.first()]);
                    for (double value : row) {
                        appender.append(value);
                    }
                    appender.endRow();
                }
            }
        }
    }
}
