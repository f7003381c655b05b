package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.secagg.AttemptPhases;
import io.evenkeel.coordinator.secagg.AttemptTable;
import io.evenkeel.coordinator.secagg.CohortSums;
import io.evenkeel.coordinator.secagg.MemberBackups;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.retention.RetentionRules;
import io.evenkeel.engine.run.Run;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Deletes the sums of cohorts that are no longer part of S because S has restarted from zero, and the attempts of these
 * rounds. Keeps the sums and attempts of the newest rounds. Also deletes the encrypted copies of members that have
 * left. Thread-safe.
 */
@Component
class CohortPruning {

    private final CohortSums sums;
    private final AttemptTable attempts;
    private final AttemptPhases phases;
    private final MemberBackups backups;
    private final MemberTable members;
    private final DurableTransactions transactions;

    CohortPruning(
            CohortSums sums,
            AttemptTable attempts,
            AttemptPhases phases,
            MemberBackups backups,
            MemberTable members,
            DurableTransactions transactions) {
        this.sums = sums;
        this.attempts = attempts;
        this.phases = phases;
        this.backups = backups;
        this.members = members;
        this.transactions = transactions;
    }

    /**
     * Performs one step for a run.
     *
     * @return whether anything was deleted
     */
    boolean step(Run run, ValidatedPlan plan) {
        SecureAggregationTerms terms = plan.secureAggregation();
        if (terms != null && run.state().isOver()) {
            // The process may have crashed when the run ended.
            phases.abandon(run.id());
        }
        if (terms == null) {
            return false;
        }
        boolean left = transactions.write(() -> deleteCopiesOfLeft(run));
        int before = RetentionRules.sumsKeptFrom(terms, run.openRound());
        if (before < 0) {
            return left;
        }
        return transactions.write(() -> {
            int deleted = sums.deleteBefore(run.id(), before) + attempts.deleteBefore(run.id(), before);
            return left || deleted > 0;
        });
    }

    private boolean deleteCopiesOfLeft(Run run) {
        List<Integer> copies = backups.ordinals(run.id());
        if (copies.isEmpty()) {
            return false;
        }
        Set<Integer> gone = members.leftBefore(run.id(), run.openRound());
        List<Integer> deleted = copies.stream().filter(gone::contains).toList();
        deleted.forEach(ordinal -> backups.delete(run.id(), ordinal));
        return !deleted.isEmpty();
    }
}
