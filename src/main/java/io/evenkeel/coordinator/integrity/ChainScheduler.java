package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.problem.ProblemException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;
import org.springframework.stereotype.Component;

/**
 * Checks each run against its hash chain once a day, sequentially, and pauses after each check for twice as
 * long as it took. The time of each check is stored in the database, so restarts and other replicas do not
 * repeat it.
 */
@Component
class ChainScheduler extends BackgroundWork {

    private static final int LOOKS_A_DAY = 24;

    private final HistoryChecks checks;
    private final RunTable runs;
    private final DurableTransactions transactions;
    private final IntegritySettings settings;
    private final FailureLog failures;
    private final Clock clock;

    ChainScheduler(
            HistoryChecks checks,
            RunTable runs,
            DurableTransactions transactions,
            IntegritySettings settings,
            FailureLog failures,
            Clock clock) {
        super("integrity", settings.checkEvery().dividedBy(LOOKS_A_DAY), failures);
        this.checks = checks;
        this.runs = runs;
        this.transactions = transactions;
        this.settings = settings;
        this.failures = failures;
        this.clock = clock;
    }

    /** Checks all runs that are due. */
    @Override
    protected void work() {
        repeatWithRests(this::checkNext);
    }

    private boolean checkNext() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        OptionalLong next = transactions.write(() -> runs.takeUnchecked(now.minus(settings.checkEvery()), now));
        if (next.isEmpty()) {
            return false;
        }
        try {
            ChainReport unused = checks.check(next.getAsLong());
        } catch (ProblemException e) {
            // The run is paused, and the log says why.
        } catch (RuntimeException e) {
            failures.warn("Run " + next.getAsLong() + " could not be checked; trying again in a day", e);
        }
        return true;
    }
}
