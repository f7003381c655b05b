package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.platform.lease.Leases;
import io.evenkeel.coordinator.platform.problem.ProblemException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunMemory;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.coordinator.run.RunState;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reserves the memory of runs under way. A run that does not fit, as after a restart with a smaller heap, is paused with the reason.
 * Thread-safe.
 */
@Component
class RunAdmission {

    private static final Logger LOG = LoggerFactory.getLogger(RunAdmission.class);

    private final RunRepository runs;
    private final PlanCache plans;
    private final RunMemory memory;
    private final Leases leases;
    private final DurableTransactions transactions;
    private final Clock clock;

    RunAdmission(
            RunRepository runs,
            PlanCache plans,
            RunMemory memory,
            Leases leases,
            DurableTransactions transactions,
            Clock clock) {
        this.runs = runs;
        this.plans = plans;
        this.memory = memory;
        this.leases = leases;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Reserves a run's memory; pauses a run that does not fit, unless another coordinator has its lease.
     *
     * @return whether the run has its memory
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
