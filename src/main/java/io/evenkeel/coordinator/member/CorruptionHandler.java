package io.evenkeel.coordinator.member;

import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.RunRepository;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.Run;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Stops a run whose stored data is damaged, with a message that names the location and the remedy.
 *
 * <p>The run stops even if the bytes are not currently needed, because other stored data may be damaged too.
 * A backup contains the run in an earlier state. A run with missing objects only pauses, and resumes
 * automatically when they are restored ({@link MissingObjects}). Thread-safe.
 */
@Component
public class CorruptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(CorruptionHandler.class);
    private static final String ACTION =
            "restore the database from a backup, or import an export of the run; then audit the run";

    private final RunRepository runs;
    private final MemberRepository members;
    private final MissingObjects missing;
    private final DurableTransactions transactions;
    private final Clock clock;

    CorruptionHandler(
            RunRepository runs,
            MemberRepository members,
            MissingObjects missing,
            DurableTransactions transactions,
            Clock clock) {
        this.runs = runs;
        this.members = members;
        this.missing = missing;
        this.transactions = transactions;
        this.clock = clock;
    }

    /**
     * Reads stored data. If the data is damaged, ends its run, unless the run is already over. Must not be
     * called inside a transaction.
     *
     * @throws ProblemException {@code storage-damaged}
     */
    public <T> T stopping(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (CorruptionException e) {
            throw stop(e);
        }
    }

    /**
     * Reads stored data of a run as {@link #stopping(Supplier)} does; also handles a damaged database file.
     *
     * @throws ProblemException {@code storage-damaged}
     */
    public <T> T stopping(long run, Supplier<T> reading) {
        return stopping(() -> {
            try {
                return reading.get();
            } catch (RuntimeException e) {
                throw CorruptionException.naming(run, e);
            }
        });
    }

    /** Ends the damaged run, unless it is already over, and returns the problem to report. */
    public ProblemException stop(CorruptionException damage) {
        damage.missing().ifPresent(range -> missing.suspect(damage.run(), range));
        return transactions.write(() -> {
            Run run = runs.locked(damage.run());
            ProblemException problem = problem(run, damage);
            LOG.error("Run '{}' is damaged and stops: {}", run.name(), problem.detail());
            if (damage.missing().isPresent()) {
                run.lackObjects(now(), missing.message(run.id()));
            } else if (!run.state().isOver()) {
                run.fail(now(), clip(problem.detail() + "; " + problem.action()));
            }
            return problem;
        });
    }

    /**
     * Pauses a running run with missing objects, and lists them in its message; does nothing if the run was
     * deleted.
     */
    public void pauseForObjects(long id) {
        transactions.write(() -> runs.lock(id).ifPresent(run -> run.lackObjects(now(), missing.message(id))));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** Returns the problem to report for damage; changes nothing. Works in the caller's transaction. */
    public ProblemException describe(CorruptionException damage) {
        return problem(runs.findById(damage.run()).orElseThrow(), damage);
    }

    private ProblemException problem(Run run, CorruptionException damage) {
        String client = members.findByRunIdAndOrdinal(run.id(), damage.ordinal())
                .map(Member::clientId)
                .orElse("");
        boolean isRoundKnown = damage.round() != CorruptionException.SOME_ROUND;
        String where = "run '" + run.name() + "'"
                + (isRoundKnown ? ", round " + damage.round() : "")
                + (client.isEmpty() ? "" : ", client " + client) + ": ";
        boolean isMissing = damage.missing().isPresent();
        ProblemException problem = ProblemKind.STORAGE_DAMAGED
                .because(
                        where + (isMissing ? missing.named(run.id()) : damage.getMessage()),
                        isMissing ? MissingObjects.ACTION : ACTION)
                .with("run", run.name());
        if (isRoundKnown) {
            problem = problem.with("round", damage.round());
        }
        return client.isEmpty() ? problem : problem.with("client", client);
    }

    private static String clip(String text) {
        return text.length() <= 1000 ? text : text.substring(0, 1000);
    }
}
