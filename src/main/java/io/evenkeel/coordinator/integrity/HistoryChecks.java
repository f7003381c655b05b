package io.evenkeel.coordinator.integrity;

import io.evenkeel.coordinator.chain.ChainTable;
import io.evenkeel.coordinator.lifecycle.HistoryGuard;
import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.chain.ChainLink;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Checks runs against their hash chains, and pauses runs that do not match. Other runs continue. Thread-safe. */
@Component
class HistoryChecks implements HistoryGuard {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryChecks.class);
    private static final String ACTION =
            "the database was modified outside the coordinator: restore it from a backup, or import an"
                    + " export of the run, then resume it";

    private final ChainVerification verification;
    private final ChainTable table;
    private final RunRepository runs;
    private final SumChecks checks;
    private final CorruptionHandler corruption;
    private final DurableTransactions transactions;
    private final Clock clock;

    HistoryChecks(
            ChainVerification verification,
            ChainTable table,
            RunRepository runs,
            SumChecks checks,
            CorruptionHandler corruption,
            DurableTransactions transactions,
            Clock clock) {
        this.verification = verification;
        this.table = table;
        this.runs = runs;
        this.checks = checks;
        this.corruption = corruption;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public void require(long run) {
        // A check of the newest rounds must not hide a fault in an old one.
        ChainReport unused = isDistrusted(run) ? check(run) : pausing(run, () -> verification.newest(run));
    }

    private boolean isDistrusted(long run) {
        return transactions.read(() -> runs.findById(run).orElseThrow().isDistrusted());
    }

    /**
     * Checks a run as {@link #require} does, with the messages of all rounds.
     *
     * @throws ProblemException {@code storage-damaged} if it does not match, or cannot be read
     */
    ChainReport check(long run) {
        return pausing(run, () -> verification.all(run));
    }

    private ChainReport pausing(long run, Supplier<ChainReport> checking) {
        try {
            ChainReport report = corruption.stopping(run, checking);
            if (isDistrusted(run)) {
                transactions.write(() -> trust(run));
            }
            return report;
        } catch (ChainMismatchException e) {
            throw distrust(run, e);
        }
    }

    /**
     * Returns the link whose hash is a head that was stored elsewhere.
     *
     * @throws ProblemException {@code storage-damaged} if the run's chain does not contain it
     */
    ChainLink kept(PlanCache.Known known, String head) {
        return transactions
                .read(() -> table.find(known.run(), head))
                .orElseThrow(() -> ProblemKind.STORAGE_DAMAGED
                        .because(
                                "the hash chain of run '" + known.plan().name() + "' has no link with head '" + head
                                        + "': it belongs to another run, or the chain was rewritten",
                                "compare it with the stored original; if it is correct, restore the database from a"
                                        + " backup")
                        .with("run", known.plan().name())
                        .with("table", "run_chain"));
    }

    private void trust(long id) {
        Run run = runs.lock(id).orElseThrow();
        run.trust();
        LOG.info("Run '{}' matches its hash chain again", run.name());
    }

    private ProblemException distrust(long id, ChainMismatchException mismatch) {
        String name = transactions.read(() -> runs.findById(id).orElseThrow().name());
        ProblemException told = told(name, mismatch);
        LOG.error("The run is stopped: {}; {}", told.detail(), told.action());
        transactions.write(() -> runs.lock(id)
                .orElseThrow()
                .distrust(clock.instant().truncatedTo(ChronoUnit.MILLIS), told.detail() + "; " + told.action()));
        checks.damaged(name);
        return told;
    }

    private static ProblemException told(String run, ChainMismatchException mismatch) {
        return ProblemKind.STORAGE_DAMAGED
                .because(
                        "run '" + run + "', round " + mismatch.round() + ": table " + mismatch.table()
                                + " does not match the run's hash chain: " + mismatch.getMessage(),
                        ACTION)
                .with("run", run)
                .with("table", mismatch.table())
                .with("round", mismatch.round());
    }
}
