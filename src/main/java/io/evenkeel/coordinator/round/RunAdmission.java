package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.lifecycle.HistoryGuard;
import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunState;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Admits runs to this coordinator: reserves their memory, and checks their stored rows when it takes them over. A run
 * that does not fit into memory, for example after a restart with a smaller heap, is paused with the reason.
 * Thread-safe.
 */
@Component
class RunAdmission {

    private static final Logger LOG = LoggerFactory.getLogger(RunAdmission.class);

    private final RunRepository runs;
    private final PlanCache plans;
    private final RunMemory memory;
    private final Leases leases;
    private final HistoryGuard guard;
    private final DurableTransactions transactions;
    private final Clock clock;

    /** The epochs of the leases under which runs were checked. */
    private final Map<Long, Long> checkedIn = new ConcurrentHashMap<>();

    RunAdmission(
            RunRepository runs,
            PlanCache plans,
            RunMemory memory,
            Leases leases,
            HistoryGuard guard,
            DurableTransactions transactions,
            Clock clock) {
        this.runs = runs;
        this.plans = plans;
        this.memory = memory;
        this.leases = leases;
        this.guard = guard;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Returns the epoch of this coordinator's lease of a run whose round it may close now: the run's memory is
     * reserved, and its stored data was checked under this lease. Returns empty if the run was paused, or another
     * coordinator has the lease.
     */
    OptionalLong enter(Run seen) {
        long id = seen.id();
        if (seen.isDistrusted() || !admit(id)) {
            return OptionalLong.empty();
        }
        OptionalLong epoch = leases.hold(id);
        return epoch.isPresent() && isChecked(id, epoch.getAsLong()) ? epoch : OptionalLong.empty();
    }

    /** Records that another coordinator has a run's lease. */
    void lost(long id) {
        leases.drop(id);
    }

    /** Another coordinator may have held the lease before, or this one may have been stopped to change the database. */
    private boolean isChecked(long id, long epoch) {
        Long checked = checkedIn.get(id);
        if (checked != null && checked == epoch) {
            return true;
        }
        try {
            guard.require(id);
            checkedIn.put(id, epoch);
            return true;
        } catch (ProblemException e) {
            return false;
        }
    }

    /**
     * Reserves a run's memory; pauses a run that does not fit, unless another coordinator has its lease.
     *
     * @return whether the run's memory is reserved
     */
    boolean admit(long id) {
        try {
            memory.keep(id, plans.of(id));
            return true;
        } catch (ProblemException e) {
            OptionalLong epoch = leases.hold(id);
            if (epoch.isPresent()) {
                pause(id, epoch.getAsLong(), e);
            }
            return false;
        }
    }

    private void pause(long id, long epoch, ProblemException why) {
        boolean paused = transactions.write(() -> {
            Run run = runs.locked(id);
            boolean isOurs = run.state() == RunState.RUNNING && run.isLeasedIn(epoch);
            if (isOurs) {
                run.pause(
                        clock.instant().truncatedTo(ChronoUnit.MILLIS),
                        "paused by the coordinator: " + why.detail() + "; " + why.action() + ", then resume the run");
            }
            return isOurs;
        });
        if (paused) {
            LOG.warn("Run {} is paused: {}; {}", plans.of(id).name(), why.detail(), why.action());
        }
    }
}
