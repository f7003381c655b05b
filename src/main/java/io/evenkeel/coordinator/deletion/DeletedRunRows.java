package io.evenkeel.coordinator.deletion;

import io.evenkeel.coordinator.chain.ChainTable;
import io.evenkeel.coordinator.draw.CohortFaults;
import io.evenkeel.coordinator.draw.NextRoundTable;
import io.evenkeel.coordinator.draw.RoundDeclines;
import io.evenkeel.coordinator.draw.RoundDraws;
import io.evenkeel.coordinator.draw.RoundNoise;
import io.evenkeel.coordinator.draw.SkippedRounds;
import io.evenkeel.coordinator.evaluation.EvaluationDeletion;
import io.evenkeel.coordinator.event.RefusalTable;
import io.evenkeel.coordinator.integrity.SumChecks;
import io.evenkeel.coordinator.member.LostMessageTable;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.message.FoldedMessages;
import io.evenkeel.coordinator.message.MessagePayloads;
import io.evenkeel.coordinator.model.Checkpoints;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.LossTrends;
import io.evenkeel.coordinator.run.RevisionTable;
import io.evenkeel.coordinator.run.RunEventTable;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.coordinator.secagg.AttemptTable;
import io.evenkeel.coordinator.secagg.CohortSums;
import io.evenkeel.coordinator.secagg.EvidenceTable;
import io.evenkeel.coordinator.secagg.MemberBackups;
import java.util.List;
import org.springframework.stereotype.Component;

/** The remaining rows of a deleted run. Works in the caller's transaction. */
@Component
class DeletedRunRows {

    /** The batch size for rows of a few hundred bytes. */
    private static final int SHORT_ROWS = 1000;

    /** The batch size for rows with a vector of up to a hundred megabytes. */
    private static final int LONG_ROWS = 10;

    /** The batch size for members, few of which have a vector unless the run keeps the sum. */
    private static final int MEMBERS = 100;

    private static final List<ExportedTable> VECTORS =
            List.of(Checkpoints.EXPORTED, Updates.EXPORTED, CohortSums.EXPORTED, MemberBackups.EXPORTED);

    private static final List<ExportedTable> FIGURES = List.of(
            RoundRecords.EXPORTED,
            RoundDraws.EXPORTED,
            RoundNoise.EXPORTED,
            RoundDeclines.EXPORTED,
            RefusalTable.EXPORTED,
            RunEventTable.EXPORTED,
            RevisionTable.EXPORTED,
            LossTrends.EXPORTED,
            CohortFaults.EXPORTED,
            EvidenceTable.EXPORTED,
            LostMessageTable.EXPORTED,
            NextRoundTable.EXPORTED,
            SkippedRounds.EXPORTED,
            ChainTable.EXPORTED,
            FoldedMessages.EXPORTED);

    private final MessagePayloads messages;
    private final MemberTable members;
    private final AttemptTable attempts;
    private final EvaluationDeletion evaluations;
    private final SumChecks checks;
    private final RunTable runs;
    private final StoredBytes bytes;

    DeletedRunRows(
            MessagePayloads messages,
            MemberTable members,
            AttemptTable attempts,
            EvaluationDeletion evaluations,
            SumChecks checks,
            RunTable runs,
            StoredBytes bytes) {
        this.messages = messages;
        this.members = members;
        this.attempts = attempts;
        this.evaluations = evaluations;
        this.checks = checks;
        this.runs = runs;
        this.bytes = bytes;
    }

    /**
     * Deletes some of the rows that belong to a run, but not the row of the run itself; returns whether it
     * deleted any.
     */
    boolean deleteSome(RunTable.DeletedRun run) {
        return evaluations.deleteSomeOf(run.name())
                || messages.deleteMessages(run.id(), SHORT_ROWS) > 0
                || deleteSome(VECTORS, run.id(), LONG_ROWS)
                || members.delete(run.id(), MEMBERS) > 0
                || attempts.delete(run.id()) > 0
                || deleteSome(FIGURES, run.id(), SHORT_ROWS);
    }

    private boolean deleteSome(List<ExportedTable> tables, long run, int limit) {
        return tables.stream().anyMatch(table -> table.delete(bytes, run, limit) > 0);
    }

    /** Deletes the row of the run itself, after all others. */
    void deleteLast(RunTable.DeletedRun run) {
        checks.delete(run.name());
        runs.delete(run.id());
    }
}
