package io.evenkeel.coordinator.system;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.Dialect;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/**
 * Writes heartbeats for the other coordinators on the same database. An embedded database belongs to one process and
 * needs none. Thread-safe.
 */
@Component
class ReplicaHeartbeat extends BackgroundWork {

    static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int MISSED = 3;
    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(24);

    private final ReplicaTable table;
    private final ThisReplica me;
    private final boolean shared;
    private final Clock clock;
    private final FailureLog failures;

    ReplicaHeartbeat(ReplicaTable table, ThisReplica me, Dialect dialect, Clock clock, FailureLog failures) {
        super("heartbeat", dialect.isShared() ? PERIOD : Duration.ZERO, failures);
        this.table = table;
        this.me = me;
        this.shared = dialect.isShared();
        this.clock = clock;
        this.failures = failures;
    }

    /** Returns this replica. */
    ReplicaView me() {
        return me.at(clock.instant());
    }

    /** Returns the replicas on this database, including those that disappeared within the last day. */
    List<ReplicaView> replicas() {
        return shared ? table.all(PERIOD.multipliedBy(MISSED)) : List.of(me());
    }

    @Override
    protected void work() {
        table.beat(me());
        table.prune(FORGOTTEN_AFTER);
    }

    @Override
    protected Duration initialDelay() {
        return Duration.ZERO;
    }

    @Override
    public synchronized void stop() {
        boolean running = isRunning();
        super.stop();
        if (shared && running) {
            try {
                table.remove(me().name());
            } catch (RuntimeException e) {
                failures.warn("This replica could not be removed from the list; it is shown as silent for a day", e);
            }
        }
    }
}
