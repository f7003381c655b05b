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
 * Holds the leases of the runs that only this coordinator, among all on the same database, may advance.
 *
 * <p>The leases in memory may be outdated: during a long pause another coordinator can take them. So every write that needs a lease
 * compares the lease's epoch with the run's, under the run's lock. Each change of holder raises the epoch, and a former holder's write
 * is refused. Thread-safe.
 *
 * <p>An H2 database belongs to one process. There a new process takes its predecessor's leases at once, and no lease is renewed.
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
     * Returns this coordinator's name in the database, HOST:PROCESS:NUMBER, so that people can find the process that
     * holds a run. It changes at each start.
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
     * Returns the number of running runs in the database whose lease is free, although their round's deadline passed
     * longer ago than a lease lasts.
     */
    public int unheld() {
        return leases.overdue(duration);
    }

    /** Returns the coordinators on this database that advance runs, by the runs' names. */
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
     * Renews every lease, and drops those that another coordinator has taken. Updates one run at a time, so that no two runs' rows
     * are locked together.
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

    /** Releases the leases, so that other coordinators can continue at once. Called when no rounds are being closed. */
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

    /** Starts before rounds are closed and stops afterwards. */
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
