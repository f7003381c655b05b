package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.chain.ChainTable;
import io.evenkeel.coordinator.draw.CohortFaults;
import io.evenkeel.coordinator.draw.NextRoundTable;
import io.evenkeel.coordinator.draw.RoundDeclines;
import io.evenkeel.coordinator.draw.RoundDraws;
import io.evenkeel.coordinator.draw.RoundNoise;
import io.evenkeel.coordinator.draw.SkippedRounds;
import io.evenkeel.coordinator.evaluation.EvaluationResults;
import io.evenkeel.coordinator.evaluation.EvaluationSites;
import io.evenkeel.coordinator.evaluation.EvaluationTable;
import io.evenkeel.coordinator.event.RefusalTable;
import io.evenkeel.coordinator.experiment.ExperimentTable;
import io.evenkeel.coordinator.fleet.FleetTables;
import io.evenkeel.coordinator.member.LostMessageTable;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.member.SnapshotStore;
import io.evenkeel.coordinator.message.FoldedMessages;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.model.Checkpoints;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.registry.RegistryTables;
import io.evenkeel.coordinator.rollout.GroupTable;
import io.evenkeel.coordinator.rollout.RolloutDeviceTable;
import io.evenkeel.coordinator.rollout.RolloutEventTable;
import io.evenkeel.coordinator.rollout.RolloutSiteTable;
import io.evenkeel.coordinator.rollout.RolloutTable;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.LossTrends;
import io.evenkeel.coordinator.run.RevisionTable;
import io.evenkeel.coordinator.run.RunEventTable;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.coordinator.secagg.AttemptTable;
import io.evenkeel.coordinator.secagg.CohortSums;
import io.evenkeel.coordinator.secagg.CohortTable;
import io.evenkeel.coordinator.secagg.EvidenceTable;
import io.evenkeel.coordinator.secagg.MemberBackups;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The tables in the file, in order. A record's first byte is its kind. The kinds, the order and the tables' columns are
 * part of format version 1. Database keys are not in the file; names and members' ordinals replace them.
 *
 * <p>To add a table that belongs to a run, add a constant at the end of {@link Section#RUN} with the next free kind. If
 * the import only sets {@code run_id}, nothing else is needed: the table is written, read and checked like the others.
 * {@code ExportCoverageTest} fails for a table or a column that is missing from all files.
 */
enum Part {
    TOKEN(2, Section.DEVICES, FleetTables.TOKENS, Rows.MANY),
    CLIENT(3, Section.DEVICES, FleetTables.CLIENTS, Rows.MANY),
    PROFILE(10, Section.DEVICES, FleetTables.PROFILES, Rows.FEW),

    RUN(1, Section.RUN, RunTable.EXPORTED, Rows.ONE),
    MEMBER(4, Section.RUN, MemberTable.EXPORTED, Rows.MANY),
    SNAPSHOT(5, Section.RUN, SnapshotStore.EXPORTED, Rows.ONE),
    MESSAGE(6, Section.RUN, MessageStore.EXPORTED, Rows.FEW),
    RECORD(7, Section.RUN, RoundRecords.EXPORTED, Rows.FEW),
    CHECKPOINT(8, Section.RUN, Checkpoints.EXPORTED, Rows.ONE),
    UPDATE(9, Section.RUN, Updates.EXPORTED, Rows.ONE),
    REVISION(11, Section.RUN, RevisionTable.EXPORTED, Rows.FEW),
    DRAW(12, Section.RUN, RoundDraws.EXPORTED, Rows.FEW),
    NOISE(13, Section.RUN, RoundNoise.EXPORTED, Rows.FEW),
    COHORT_ATTEMPT(33, Section.RUN, AttemptTable.EXPORTED, Rows.MANY),
    COHORT_MEMBER(34, Section.RUN, CohortTable.EXPORTED, Rows.ONE),
    COHORT_SUM(35, Section.RUN, CohortSums.EXPORTED, Rows.ONE),
    MEMBER_BACKUP(36, Section.RUN, MemberBackups.EXPORTED, Rows.ONE),
    DECLINE(14, Section.RUN, RoundDeclines.EXPORTED, Rows.MANY),
    REFUSAL(15, Section.RUN, RefusalTable.EXPORTED, Rows.MANY),
    EVENT(16, Section.RUN, RunEventTable.EXPORTED, Rows.MANY),
    LOSS_TREND(37, Section.RUN, LossTrends.EXPORTED, Rows.MANY),
    COHORT_FAULT(38, Section.RUN, CohortFaults.EXPORTED, Rows.MANY),
    CHAIN(39, Section.RUN, ChainTable.EXPORTED, Rows.MANY),
    FOLDED(41, Section.RUN, FoldedMessages.EXPORTED, Rows.MANY),
    COHORT_EVIDENCE(44, Section.RUN, EvidenceTable.EXPORTED, Rows.FEW),
    LOST_MESSAGES(42, Section.RUN, LostMessageTable.EXPORTED, Rows.MANY),
    NEXT_ROUND(51, Section.RUN, NextRoundTable.EXPORTED, Rows.MANY),
    SKIPPED_ROUNDS(52, Section.RUN, SkippedRounds.EXPORTED, Rows.MANY),

    MODEL(17, Section.MODEL, RegistryTables.MODELS, Rows.ONE),
    VERSION(18, Section.MODEL, RegistryTables.VERSIONS, Rows.ONE),
    VERSION_FILE(19, Section.MODEL, RegistryTables.PIECES, Rows.ONE),
    ALIAS_CHANGE(20, Section.MODEL, RegistryTables.ALIAS_CHANGES, Rows.MANY),

    ROLLOUT(21, Section.ROLLOUTS, RolloutTable.EXPORTED, Rows.FEW),
    ROLLOUT_GROUP(22, Section.ROLLOUTS, GroupTable.EXPORTED, Rows.MANY),
    ROLLOUT_LOOK(23, Section.ROLLOUTS, GroupTable.LOOKS, Rows.MANY),
    ROLLOUT_DEVICE(24, Section.ROLLOUTS, RolloutDeviceTable.EXPORTED, Rows.MANY),
    ROLLOUT_VALUE(25, Section.ROLLOUTS, RolloutDeviceTable.VALUES, Rows.MANY),
    ROLLOUT_EVENT(26, Section.ROLLOUTS, RolloutEventTable.EXPORTED, Rows.MANY),
    ROLLOUT_SITE(46, Section.ROLLOUTS, RolloutSiteTable.EXPORTED, Rows.MANY),
    ROLLOUT_SITE_METRIC(47, Section.ROLLOUTS, RolloutSiteTable.METRICS, Rows.MANY),

    EXPERIMENT(27, Section.EXPERIMENTS, ExperimentTable.EXPORTED, Rows.MANY),
    EXPERIMENT_ARM(28, Section.EXPERIMENTS, ExperimentTable.ARMS, Rows.FEW),

    EVALUATION(29, Section.EVALUATIONS, EvaluationTable.EXPORTED, Rows.FEW),
    EVALUATION_RESULT(30, Section.EVALUATIONS, EvaluationResults.EXPORTED, Rows.MANY),
    EVALUATION_VALUE(31, Section.EVALUATIONS, EvaluationResults.VALUES, Rows.MANY),
    EVALUATION_GROUP(32, Section.EVALUATIONS, EvaluationResults.GROUPS, Rows.MANY),
    EVALUATION_SITE(48, Section.EVALUATIONS, EvaluationSites.EXPORTED, Rows.MANY),
    EVALUATION_SITE_VALUE(49, Section.EVALUATIONS, EvaluationSites.VALUES, Rows.MANY),
    EVALUATION_UPSTREAM(50, Section.EVALUATIONS, EvaluationSites.UPSTREAM, Rows.MANY);

    /** Parts that are written and read together. */
    enum Section {
        /** The devices that the other sections refer to. */
        DEVICES,
        /** One run; repeated for each run. */
        RUN,
        /** One registered model, each version followed by its file; repeated for each model. */
        MODEL,
        ROLLOUTS,
        EXPERIMENTS,
        EVALUATIONS
    }

    /** The maximum number of a table's rows in memory at once. */
    enum Rows {
        /** For rows that contain vectors of the model, or values of that size. */
        ONE(1),
        /** For rows of a few kilobytes. */
        FEW(16),
        /** For rows of a few hundred bytes. */
        MANY(256);

        private final int count;

        Rows(int count) {
            this.count = count;
        }
    }

    private final int kind;
    private final Section section;
    private final ExportedTable table;
    private final Rows rows;

    Part(int kind, Section section, ExportedTable table, Rows rows) {
        this.kind = kind;
        this.section = section;
        this.table = table;
        this.rows = rows;
    }

    /** Returns the first byte of this part's records. */
    int kind() {
        return kind;
    }

    /** Returns the part of a record with a given first byte. */
    static Optional<Part> of(int kind) {
        return Arrays.stream(values()).filter(part -> part.kind == kind).findFirst();
    }

    /** Returns the parts of a section in order. */
    static List<Part> of(Section section) {
        return Arrays.stream(values()).filter(part -> part.section == section).toList();
    }

    Section section() {
        return section;
    }

    ExportedTable table() {
        return table;
    }

    /** Returns how many rows may be in memory at once. */
    int rowsAtOnce() {
        return rows.count;
    }

    /** Returns whether a record of this part may follow one of another part. */
    boolean mayFollow(Part before) {
        boolean repeats = this == RUN || this == MODEL || this == VERSION;
        return compareTo(before) >= 0 || (repeats && section == before.section);
    }
}
