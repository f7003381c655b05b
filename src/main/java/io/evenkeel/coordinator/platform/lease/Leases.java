package io.evenkeel.coordinator.platform.lease;

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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The runs that this coordinator, and no other on the same database, moves on.
 *
 * <p>What is remembered here is only a belief, which a long pause makes wrong without anybody noticing. So every write that a
 * lease is for compares the lease's epoch with the run's, under the run's lock: each change of hands raises the epoch, and a
 * former holder then finds that it has none. Thread-safe.
 *
 * <p>An H2 database belongs to one process. There a new process takes its predecessor's leases at once, and nothing is renewed.
 */
@Component
public class Leases implements SmartLifecycle, MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
    private static final int RENEWALS = 3;
    private static final int LONGEST_NAME = 36;

    private final String me = newName();
    private final Map<Long, Long> epochs = new ConcurrentHashMap<>();
    private final JdbcClient jdbc;
    private final DurableTransactions transactions;
    private final Duration duration;
    private final boolean shared;
    private volatile ScheduledExecutorService timer = newTimer();
    private volatile boolean running;

    Leases(JdbcClient jdbc, DurableTransactions transactions, Dialect dialect, LeaseSettings settings) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.duration = settings.duration();
        this.shared = dialect.isShared();
    }

    /**
     * Returns the name under which this coordinator stands in the database, HOST:PROCESS:NUMBER so that people can tell who holds a
     * run; a new one at each start.
     */
    public String name() {
        return me;
    }

    /**
     * Returns the epoch of this coordinator's lease of a run, which it takes if it is free or has run out; empty if another
     * coordinator holds it or the run has no open round.
     */
    public OptionalLong hold(long run) {
        Long epoch = epochs.get(run);
        return epoch != null ? OptionalLong.of(epoch) : take(run);
    }

    /**
     * Tells whether this coordinator speaks for a run: it believes to hold its lease, or there is no other coordinator that could.
     */
    public boolean isHeld(long run) {
        return !shared || epochs.containsKey(run);
    }

    /**
     * Returns how many running runs have a lease that nobody holds although their round's time has been up for longer than a lease
     * lasts, as the database has it.
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

    /** Forgets a lease that turned out to be another's, or whose run is over. */
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
     * Makes every lease last from now on again, and forgets those that are another's by now. One run at a time, so that no two
     * runs' rows are locked together.
     */
    void renew() {
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

    // The database's clock, so that hosts' clocks need not agree. It stands at the statement's beginning: one that had
    // to
    // wait gets a shorter lease, and finds another's run out later, rather than the other way round.
    private String until() {
        return shared ? "CURRENT_TIMESTAMP + INTERVAL '" + duration.toMillis() + " milliseconds'" : "NULL";
    }

    @Override
    public void start() {
        if (timer.isShutdown()) {
            timer = newTimer();
        }
        running = true;
        if (shared) {
            long pause = duration.toMillis() / RENEWALS;
            var unused = timer.scheduleWithFixedDelay(
                    () -> trying("renewed", this::renew), pause, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Lets others go on at once. Called when nothing is being closed any more. */
    @Override
    public void stop() {
        running = false;
        timer.shutdown();
        if (shared) {
            trying("given back", this::release);
        }
    }

    private static void trying(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("Leases could not be {}; they run out by themselves: {}", what, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before rounds are closed on the way up, after it on the way down. */
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

    private static ScheduledExecutorService newTimer() {
        return Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "leases");
            thread.setDaemon(true);
            return thread;
        });
    }
}
