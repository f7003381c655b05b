package io.evenkeel.coordinator.draw;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.Timestamps;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code skipped_rounds}: rounds of secure aggregation that close without messages and without a step. Works in the caller's
 * transaction.
 */
@Component
public class SkippedRounds {

    /** The skipped rounds of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
            "skipped_rounds",
            "run_id",
            "FROM skipped_rounds t WHERE t.run_id = ? ORDER BY t.first_round",
            whole("first_round"),
            whole("last_round"),
            time("decided_at"));

    private final JdbcClient jdbc;

    SkippedRounds(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Marks the rounds from the first to the last, inclusive, as skipped. The caller has locked the run. */
    void insert(long run, int first, int last, Instant now) {
        jdbc.sql("INSERT INTO skipped_rounds (run_id, first_round, last_round, decided_at) VALUES (?, ?, ?, ?)")
                .params(run, first, last, Timestamps.of(now))
                .update();
    }

    /** Returns whether a round is skipped. */
    public boolean contains(long run, int round) {
        return jdbc.sql("SELECT COUNT(*) FROM skipped_rounds WHERE run_id = ? AND first_round <= ? AND last_round >= ?")
                        .params(run, round, round)
                        .query(Integer.class)
                        .single()
                > 0;
    }
}
