package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.SecureAggregationTerms;
import io.evenkeel.coordinator.run.ValidatedPlan;
import io.evenkeel.coordinator.secagg.AttemptPhases;
import io.evenkeel.coordinator.secagg.AttemptTable;
import io.evenkeel.coordinator.secagg.CohortSums;
import io.evenkeel.coordinator.secagg.MemberBackups;
import org.springframework.stereotype.Component;

/**
 * Deletes the sums of cohorts that S does not consist of any more, since it has started from zero, and the attempts of these rounds. Keeps
 * those of the newest rounds. Deletes the encrypted copies of members that have left. Thread-safe.
 */
@Component
class CohortPruning {

    private static final int KEPT_ROUNDS = 100;

    private final CohortSums sums;
    private final AttemptTable attempts;
    private final AttemptPhases phases;
    private final MemberBackups backups;
    private final DurableTransactions transactions;

    CohortPruning(
            CohortSums sums,
            AttemptTable attempts,
            AttemptPhases phases,
            MemberBackups backups,
            DurableTransactions transactions) {
        this.sums = sums;
        this.attempts = attempts;
        this.phases = phases;
        this.backups = backups;
        this.transactions = transactions;
    }

    /**
     * Takes one step for a run.
     *
     * @return whether something was deleted
     */
    boolean step(Run run, ValidatedPlan plan) {
        SecureAggregationTerms terms = plan.secureAggregation();
        if (terms == null) {
            return false;
        }
        if (run.state().isOver()) {
            // The process may have been killed as the run ended.
            phases.abandon(run.id());
        }
        int newest = run.openRound() - 1;
        int before = Math.min(terms.epochStart(newest), newest - KEPT_ROUNDS);
        return transactions.write(() -> backups.deleteLeftBefore(run.id(), run.openRound())
                        + sums.deleteBefore(run.id(), before)
                        + attempts.deleteBefore(run.id(), before)
                > 0);
    }
}
