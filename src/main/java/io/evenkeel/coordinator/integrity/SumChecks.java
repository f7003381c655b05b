package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.integrity.SumCheck.Outcome;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.time.Timestamps;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stores the last verification of each run, in the table {@code sum_check}. Thread-safe. */
@Component
public class SumChecks {

    private final JdbcClient jdbc;
    private final DurableTransactions transactions;
    private final Clock clock;

    SumChecks(JdbcClient jdbc, DurableTransactions transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Returns the last verifications of runs, newest first. */
    public List<SumCheck> newest(int limit) {
        return transactions.read(
                () -> jdbc.sql("SELECT run, checked_at, outcome, round_number, difference FROM sum_check"
                                + " ORDER BY checked_at DESC, run FETCH FIRST ? ROWS ONLY")
                        .param(limit)
                        .query((row, i) -> check(row))
                        .list());
    }

    /** Deletes the last verification of a run, in the caller's transaction. */
    public void delete(String run) {
        jdbc.sql("DELETE FROM sum_check WHERE run = ?").param(run).update();
    }

    private static SumCheck check(ResultSet row) throws SQLException {
        return new SumCheck(
                row.getString("run"),
                Timestamps.get(row, "checked_at"),
                Outcome.valueOf(row.getString("outcome")),
                row.getObject("round_number", Integer.class),
                row.getObject("difference", Double.class));
    }

    void verified(SumVerificationReport report) {
        save(
                report.run(),
                report.agrees() ? Outcome.AGREES : Outcome.DIFFERS,
                report.round(),
                report.relativeDifference());
    }

    void damaged(String run) {
        save(run, Outcome.DAMAGED, null, null);
    }

    private void save(String run, Outcome outcome, @Nullable Integer round, @Nullable Double difference) {
        OffsetDateTime now = Timestamps.of(clock.instant());
        transactions.write(() -> {
            delete(run);
            return jdbc.sql("INSERT INTO sum_check (run, checked_at, outcome, round_number, difference)"
                            + " VALUES (?, ?, ?, ?, ?)")
                    .param(run)
                    .param(now)
                    .param(outcome.name())
                    .param(round)
                    .param(difference)
                    .update();
        });
    }
}
