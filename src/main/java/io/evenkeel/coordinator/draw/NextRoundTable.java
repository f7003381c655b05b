package io.evenkeel.coordinator.draw;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code next_round}: the first round of a run with secure aggregation in which a member takes part again. Works in the caller's
 * transaction.
 */
@Component
public class NextRoundTable {

    /** The reports of a run's members; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "next_round",
            "run_id",
            "FROM next_round t WHERE t.run_id = ? ORDER BY t.ordinal",
            whole("ordinal"),
            whole("round_number"),
            time("reported_at"));

    private final JdbcClient jdbc;

    NextRoundTable(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Stores a report, which replaces the member's earlier one. The caller has locked the run. */
    void put(long run, int ordinal, int round, Instant now) {
        jdbc.sql("DELETE FROM next_round WHERE run_id = ? AND ordinal = ?")
                .params(run, ordinal)
                .update();
        jdbc.sql("INSERT INTO next_round (run_id, ordinal, round_number, reported_at) VALUES (?, ?, ?, ?)")
                .params(run, ordinal, round, Timestamps.of(now))
                .update();
    }

    /** Returns the first rounds of the members that do not take part until after a round, by ordinal. */
    Map<Integer, Integer> after(long run, int round) {
        Map<Integer, Integer> later = new HashMap<>();
        jdbc.sql("SELECT ordinal, round_number FROM next_round WHERE run_id = ? AND round_number > ?")
                .params(run, round)
                .query(row -> {
                    later.put(row.getInt(1), row.getInt(2));
                });
        return later;
    }
}
