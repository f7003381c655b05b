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
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Holds this coordinator's leases. Among all coordinators that share a database, only the one that holds a
 * run's lease may advance the run.
 *
 * <p>The leases in memory may be outdated, because another coordinator can take them during a long pause. So
 * every write that needs a lease compares the lease's epoch with the run's epoch, under the run's lock. Each
 * change of holder increments the epoch, so the write of a former holder is refused. Thread-safe.
 *
 * <p>An H2 database belongs to one process. With H2, a new process takes its predecessor's leases at once,
 * and no lease is renewed.
 */
@Component
public class Leases extends BackgroundWork implements MeterBinder {

    private static final int RENEWALS = 3;
    private static final int MAX_NAME_LENGTH = 36;

    private final String me = newName();
    private final Map<Long, Long> epochs = new ConcurrentHashMap<>();
    private final LeaseTable leases;
    private final DurableTransactions transactions;
    private final Duration duration;
    private final boolean shared;
    private final FailureLog failures;

    Leases(
            LeaseTable leases,
            DurableTransactions transactions,
            Dialect dialect,
            LeaseSettings settings,
            FailureLog failures) {
        super("leases", dialect.isShared() ? settings.duration().dividedBy(RENEWALS) : Duration.ZERO, failures);
        this.leases = leases;
        this.transactions = transactions;
        this.duration = settings.duration();
        this.shared = dialect.isShared();
        this.failures = failures;
    }

    /**
     * Returns this coordinator's name in the database, HOST:PROCESS:NUMBER, which tells operators which
     * process holds a run's lease. It changes at each start.
     */
    public String name() {
        return me;
    }

    /**
     * Returns the epoch of this coordinator's lease of a run. Takes the lease if it is free or has expired.
     * Returns empty if another coordinator holds the lease or the run has no open round.
     */
    public OptionalLong hold(long run) {
        Long epoch = epochs.get(run);
        return epoch != null ? OptionalLong.of(epoch) : take(run);
    }

    /**
     * Returns whether this coordinator holds a run's lease, as far as it knows. Always true if no other
     * coordinator can hold it.
     */
    public boolean isHeld(long run) {
        return !shared || epochs.containsKey(run);
    }

    /**
     * Returns the number of running runs in the database that have a free lease although the deadline of
     * their round passed longer ago than the duration of a lease.
     */
    public int unheld() {
        return leases.overdue(duration);
    }

    /** Returns the leases of all coordinators that share this database, ordered by run name. */
    public List<HeldLease> held(int limit) {
        return transactions.read(() -> leases.held(limit));
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("evenkeel.leases.held", epochs, Map::size)
                .description("Runs whose lease this coordinator holds")
                .register(registry);
    }

    /** Drops a lease that another coordinator holds, or whose run is over. */
    public void drop(long run) {
        epochs.remove(run);
    }

    private OptionalLong take(long run) {
        OptionalLong taken = transactions.write(() -> leases.take(run, me, duration));
        taken.ifPresent(epoch -> epochs.put(run, epoch));
        return taken;
    }

    /**
     * Renews every lease, and drops those that another coordinator has taken. Updates one run at a time, so
     * that the rows of two runs are never locked at the same time.
     */
    @Override
    protected void work() {
        for (long run : new TreeSet<>(epochs.keySet())) {
            if (!leases.renew(run, me, duration)) {
                drop(run);
            }
        }
    }

    private void release() {
        for (long run : new TreeSet<>(epochs.keySet())) {
            leases.release(run, me);
            drop(run);
        }
    }

    /**
     * Releases the leases, so that other coordinators can continue at once. Called when no round is being
     * closed.
     */
    @Override
    public synchronized void stop() {
        super.stop();
        if (shared) {
            try {
                release();
            } catch (RuntimeException e) {
                failures.warn("Leases could not be released; they expire on their own", e);
            }
        }
    }

    /** Starts before the work that closes rounds, and stops after it. */
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
        return host.substring(0, Math.min(host.length(), MAX_NAME_LENGTH - process.length())) + process;
    }
}
