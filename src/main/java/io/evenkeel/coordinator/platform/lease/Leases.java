package io.evenkeel.coordinator.platform.lease;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Holds the leases of the runs that this coordinator, and no other on the same database, moves on.
 *
 * <p>The leases in memory may be out of date: during a long pause another coordinator can take them. So every write that needs a lease
 * compares the lease's epoch with the run's, under the run's lock. Each change of holder raises the epoch, and a former holder's write
 * is refused. Thread-safe.
 *
 * <p>An H2 database belongs to one process. There a new process takes its predecessor's leases at once, and no lease is renewed.
 */
@Component
public class Leases extends BackgroundWork implements MeterBinder {

    private static final int RENEWALS = 3;
    private static final int LONGEST_NAME = 36;

    private final String me = newName();
    private final Map<Long, Long> epochs = new ConcurrentHashMap<>();
    private final JdbcClient jdbc;
    private final DurableTransactions transactions;
    private final Duration duration;
    private final boolean shared;
    private final FailureLog failures;

    Leases(
            JdbcClient jdbc,
            DurableTransactions transactions,
            Dialect dialect,
            LeaseSettings settings,
            FailureLog failures) {
        super("leases", dialect.isShared() ? settings.duration().dividedBy(RENEWALS) : Duration.ZERO, failures);
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.duration = settings.duration();
        this.shared = dialect.isShared();
        this.failures = failures;
    }

    /**
     * Returns this coordinator's name in the database, HOST:PROCESS:NUMBER, so that people can tell which process holds a run. It is a
     * new one at each start.
     */
    public String name() {
        return me;
    }

    /**
     * Returns the epoch of this coordinator's lease of a run, and takes a lease that is free or has expired. Returns empty if another
     * coordinator holds the lease or the run has no open round.
     */
    public OptionalLong hold(long run) {
        Long epoch = epochs.get(run);
        return epoch != null ? OptionalLong.of(epoch) : take(run);
    }

    /** Returns whether this coordinator holds a run's lease, as far as it knows, or no other coordinator could. */
    public boolean isHeld(long run) {
        return !shared || epochs.containsKey(run);
    }

    /**
     * Returns the number of running runs in the database whose lease no coordinator holds, although their round's deadline passed
     * longer ago than a lease lasts.
     */
    public int unheld() {
        String free = shared ? "(lease_holder IS NULL OR lease_until < CURRENT_TIMESTAMP)" : "lease_holder IS NULL";
        return jdbc.sql("SELECT COUNT(*) FROM run WHERE state = 'RUNNING' AND deadline < CURRENT_TIMESTAMP - INTERVAL '"
                        + Math.max(1, duration.toSeconds()) + "' SECOND AND " + free)
                .query(Integer.class)
                .single();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.leases.held", epochs, Map::size)
                .description("Runs that this coordinator moves on")
                .register(registry);
    }

    /** Forgets a lease that another coordinator holds, or whose run is over. */
    public void drop(long run) {
        epochs.remove(run);
    }

    private OptionalLong take(long run) {
        OptionalLong taken = transactions.write(() -> {
            int rows = jdbc.sql("UPDATE run SET lease_holder = ?, lease_until = " + until()
                            + ", lease_epoch = lease_epoch + 1 WHERE id = ? AND state IN ('RUNNING', 'PAUSED')"
                            + (shared ? " AND (lease_holder IS NULL OR lease_until < CURRENT_TIMESTAMP)" : ""))
                    .params(me, run)
                    .update();
            return rows == 0 ? OptionalLong.empty() : OptionalLong.of(epoch(run));
        });
        taken.ifPresent(epoch -> epochs.put(run, epoch));
        return taken;
    }

    private long epoch(long run) {
        return jdbc.sql("SELECT lease_epoch FROM run WHERE id = ?")
                .param(run)
                .query(Long.class)
                .single();
    }

    /**
     * Renews every lease, and forgets those that another coordinator has taken. Updates one run at a time, so that no two runs' rows
     * are locked together.
     */
    @Override
    protected void work() {
        for (long run : new TreeSet<>(epochs.keySet())) {
            int rows = jdbc.sql("UPDATE run SET lease_until = " + until() + " WHERE id = ? AND lease_holder = ?")
                    .params(run, me)
                    .update();
            if (rows == 0) {
                drop(run);
            }
        }
    }

    private void release() {
        for (long run : new TreeSet<>(epochs.keySet())) {
            jdbc.sql("UPDATE run SET lease_holder = NULL, lease_until = NULL WHERE id = ? AND lease_holder = ?")
                    .params(run, me)
                    .update();
            drop(run);
        }
    }

    // The database's clock, so that hosts' clocks need not agree. It shows when the statement began: a statement that
    // had to wait gets a shorter lease and sees another's lease expire later, never the other way round.
    private String until() {
        return shared ? "CURRENT_TIMESTAMP + INTERVAL '" + duration.toMillis() + " milliseconds'" : "NULL";
    }

    /** Gives the leases back, so that other coordinators go on at once. Called when no round is being closed any more. */
    @Override
    public synchronized void stop() {
        super.stop();
        if (shared) {
            try {
                release();
            } catch (RuntimeException e) {
                failures.warn("Leases could not be given back; they expire by themselves", e);
            }
        }
    }

    /** Starts before rounds are closed and stops after it. */
    @Override
    public int getPhase() {
        return -1;
    }

    private static String newName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName().replace(':', '-');
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        String process = ":" + ProcessHandle.current().pid() + ":"
                + HexFormat.of().toHexDigits((int) UUID.randomUUID().getLeastSignificantBits());
        return host.substring(0, Math.min(host.length(), LONGEST_NAME - process.length())) + process;
    }
}
