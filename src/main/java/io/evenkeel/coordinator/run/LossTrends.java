package io.evenkeel.coordinator.run;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.engine.definition.LossTrend;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.SqlArrayValue;
import org.springframework.stereotype.Component;

/** The table {@code loss_trend}: the trends of the losses of runs. Works in the caller's transaction. Thread-safe. */
@Component
public class LossTrends {

    /** The trend of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "loss_trend",
            "run_id",
            "FROM loss_trend t WHERE t.run_id = ?",
            real("level"),
            real("mass"),
            real("noise"),
            real("newest"),
            real("start"),
            real("best"),
            whole("best_round"),
            real("weight"),
            real("turnover"));

    private final JdbcClient jdbc;

    LossTrends(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Returns the trend of a run, {@link LossTrend#NONE} before the first closed round. */
    public LossTrend of(long run) {
        return of(List.of(run)).getOrDefault(run, LossTrend.NONE);
    }

    /** Returns the trends of some runs; those without a closed round are left out. */
    public Map<Long, LossTrend> of(Collection<Long> runs) {
        Map<Long, LossTrend> trends = new HashMap<>();
        jdbc.sql("SELECT level, mass, noise, newest, start, best, best_round, weight, turnover, run_id FROM"
                        + " loss_trend JOIN UNNEST(CAST(? AS BIGINT ARRAY)) AS wanted(run) ON run_id = wanted.run")
                .param(new SqlArrayValue("BIGINT", runs.toArray()))
                .query(row -> {
                    trends.put(row.getLong(10), trend(row));
                });
        return trends;
    }

    private static LossTrend trend(ResultSet row) throws SQLException {
        return new LossTrend(
                row.getDouble(1),
                row.getDouble(2),
                row.getDouble(3),
                row.getDouble(4),
                row.getDouble(5),
                row.getDouble(6),
                row.getInt(7),
                row.getDouble(8),
                row.getDouble(9));
    }

    /** Stores the trend of a run. The caller has locked the run. */
    public void save(long run, LossTrend trend) {
        List<Object> values = List.of(
                trend.level(),
                trend.mass(),
                trend.noise(),
                trend.newest(),
                trend.start(),
                trend.best(),
                trend.bestRound(),
                trend.weight(),
                trend.turnover(),
                run);
        int updated = jdbc.sql("UPDATE loss_trend SET level = ?, mass = ?, noise = ?, newest = ?, start = ?, best = ?,"
                        + " best_round = ?, weight = ?, turnover = ? WHERE run_id = ?")
                .params(values)
                .update();
        if (updated == 0) {
            jdbc.sql("INSERT INTO loss_trend (level, mass, noise, newest, start, best, best_round, weight, turnover,"
                            + " run_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                    .params(values)
                    .update();
        }
    }
}
