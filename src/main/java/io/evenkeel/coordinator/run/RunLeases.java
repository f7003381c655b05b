package io.evenkeel.coordinator.run;

import io.evenkeel.coordinator.platform.lease.HeldLease;
import io.evenkeel.coordinator.platform.lease.LeaseTable;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.time.Timestamps;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The leases in the table {@code run}. On a database that belongs to one process, leases do not expire and are always free. */
@Component
class RunLeases implements LeaseTable {

    private static final String FREE = "(lease_holder IS NULL OR lease_until < CURRENT_TIMESTAMP)";

    private final JdbcClient jdbc;
    private final boolean shared;

    RunLeases(JdbcClient jdbc, Dialect dialect) {
        this.jdbc = jdbc;
        this.shared = dialect.isShared();
    }

    @Override
    public OptionalLong take(long run, String holder, Duration duration) {
        int rows = jdbc.sql("UPDATE run SET lease_holder = ?, lease_until = " + until(duration)
                        + ", lease_epoch = lease_epoch + 1 WHERE id = ? AND state IN ('RUNNING', 'PAUSED')"
                        + (shared ? " AND " + FREE : ""))
                .params(holder, run)
                .update();
        return rows == 0 ? OptionalLong.empty() : OptionalLong.of(epoch(run));
    }

    private long epoch(long run) {
        return jdbc.sql("SELECT lease_epoch FROM run WHERE id = ?")
                .param(run)
                .query(Long.class)
                .single();
    }

    @Override
    public boolean renew(long run, String holder, Duration duration) {
        return jdbc.sql("UPDATE run SET lease_until = " + until(duration) + " WHERE id = ? AND lease_holder = ?")
                        .params(run, holder)
                        .update()
                > 0;
    }

    @Override
    public void release(long run, String holder) {
        jdbc.sql("UPDATE run SET lease_holder = NULL, lease_until = NULL WHERE id = ? AND lease_holder = ?")
                .params(run, holder)
                .update();
    }

    @Override
    public List<HeldLease> held(int limit) {
        return jdbc.sql("SELECT name, lease_holder, lease_until FROM run WHERE lease_holder IS NOT NULL"
                        + " AND state IN ('RUNNING', 'PAUSED') AND (lease_until IS NULL OR lease_until >= CURRENT_TIMESTAMP)"
                        + " ORDER BY name FETCH FIRST ? ROWS ONLY")
                .param(limit)
                .query((row, i) -> new HeldLease(
                        row.getString("name"), row.getString("lease_holder"), Timestamps.getNullable(row, 3)))
                .list();
    }

    @Override
    public int overdue(Duration duration) {
        return jdbc.sql("SELECT COUNT(*) FROM run WHERE state = 'RUNNING' AND deadline < CURRENT_TIMESTAMP - INTERVAL '"
                        + Math.max(1, duration.toSeconds()) + "' SECOND AND "
                        + (shared ? FREE : "lease_holder IS NULL"))
                .query(Integer.class)
                .single();
    }

    // The database's clock, so that hosts' clocks need not agree. It returns the start of the statement: a statement
    // that had to wait gets a shorter lease and sees another lease expire later, never the reverse.
    private String until(Duration duration) {
        return shared ? "CURRENT_TIMESTAMP + INTERVAL '" + duration.toMillis() + " milliseconds'" : "NULL";
    }
}
