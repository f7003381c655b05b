package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.coordinator.member.SnapshotStore;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.message.StoredMessage;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.round.record.RoundRecords;
import io.evenkeel.coordinator.run.ImportedRevisions;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.engine.definition.Revision;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Inserts the rows of a run with keys of this database. Thread-safe, but an {@link Insertion} is not. */
@Component
class RunRows {

    private final JdbcTemplate jdbc;
    private final StoredBytes bytes;
    private final RunTable runs;
    private final MemberTable members;
    private final SnapshotStore snapshots;
    private final MessageStore messages;
    private final ImportedRevisions revisions;
    private final RoundRecords records;

    RunRows(
            JdbcTemplate jdbc,
            StoredBytes bytes,
            RunTable runs,
            MemberTable members,
            SnapshotStore snapshots,
            MessageStore messages,
            ImportedRevisions revisions,
            RoundRecords records) {
        this.jdbc = jdbc;
        this.bytes = bytes;
        this.runs = runs;
        this.members = members;
        this.snapshots = snapshots;
        this.messages = messages;
        this.revisions = revisions;
        this.records = records;
    }

    /**
     * Inserts the run, and returns an insertion for its rows. Both work in the caller's transaction.
     *
     * @param plan the run's plan
     */
    Insertion begin(ExportedRow run, ValidatedPlan plan, Instant exportedAt) {
        return new Insertion(runs.insert(run, exportedAt), plan, run.requiredInt("round_number"));
    }

    /** A member of the imported run, with the total lengths of its messages, which the file does not contain. */
    private static final class ImportedMember {

        private final long id;
        private @Nullable Long compacted;
        private long bytes;
        private long compactedBytes;

        ImportedMember(long id) {
            this.id = id;
        }

        long id() {
            return id;
        }

        long bytes() {
            return bytes;
        }

        long compactedBytes() {
            return compactedBytes;
        }

        boolean hasSnapshot() {
            return compacted != null;
        }
    }

    /** The insertion of one run. Rows are inserted in batches, part by part. */
    final class Insertion {

        private final long run;
        private final ValidatedPlan plan;
        private final int openRound;
        private final Map<Long, ImportedMember> byOrdinal = new HashMap<>();
        private final Map<List<Long>, Long> attempts = new HashMap<>();
        private final RowBatch batch = new RowBatch(this::insert);

        private Insertion(long run, ValidatedPlan plan, int openRound) {
            this.run = run;
            this.plan = plan;
            this.openRound = openRound;
        }

        /** Returns the run's key. */
        long run() {
            return run;
        }

        /**
         * Inserts a row, or collects it for the next batch.
         *
         * @throws org.springframework.dao.DataIntegrityViolationException if the database refuses this or an earlier
         *     row
         */
        void add(Part part, ExportedRow row) {
            if (part == Part.MEMBER) {
                byOrdinal.put(row.whole("ordinal"), new ImportedMember(members.insert(run, row)));
            } else if (part == Part.COHORT_ATTEMPT) {
                attempts.put(attempt(row), part.table().insertForId(jdbc, row, run));
            } else {
                batch.add(part, row);
            }
        }

        private void insert(Part part, List<ExportedRow> rows) {
            if (part == Part.SNAPSHOT) {
                rows.forEach(this::noteSnapshot);
                part.table().insert(jdbc, bytes, rows, this::member);
            } else if (part == Part.MESSAGE) {
                messages.importAll(run, rows.stream().map(this::message).toList());
            } else if (part == Part.COHORT_MEMBER) {
                // If the attempt is missing, the database refuses the broken reference.
                part.table().insert(jdbc, rows, row -> attempts.getOrDefault(attempt(row), -1L));
            } else {
                part.table().insert(jdbc, bytes, rows, row -> run);
            }
        }

        /** Returns the round of an attempt and the attempt's number in that round. */
        private static List<Long> attempt(ExportedRow row) {
            return List.of(row.whole("round_number"), row.whole("attempt"));
        }

        /** Returns a member's key; -1 if it is not in the file, so that the database refuses the broken reference. */
        private Long member(ExportedRow row) {
            ImportedMember member = byOrdinal.get(row.whole("ordinal"));
            return member == null ? -1L : member.id();
        }

        private void noteSnapshot(ExportedRow snapshot) {
            ImportedMember member = byOrdinal.get(snapshot.whole("ordinal"));
            if (member != null) {
                member.compacted = snapshot.whole("sequence");
            }
        }

        private StoredMessage message(ExportedRow row) {
            ImportedMember member = byOrdinal.get(row.whole("ordinal"));
            if (member != null) {
                member.bytes += row.requiredInt("bytes");
                member.compactedBytes += member.compacted != null && row.whole("sequence") <= member.compacted
                        ? row.requiredInt("bytes")
                        : 0;
            }
            return new StoredMessage(
                    member(row),
                    row.requiredInt("ordinal"),
                    row.requiredInt("round_number"),
                    row.requiredInt("included_in"),
                    row.requiredWhole("sequence"),
                    row.requiredWhole("digest"),
                    row.requiredTime("accepted_at"),
                    row.requiredInt("bytes"),
                    row.get("payload") == null ? null : row.bytes("payload"));
        }

        /**
         * Inserts the remaining rows, and sets the total lengths of the members' messages and the revisions that
         * applied to the rounds.
         */
        void finish() {
            batch.flush();
            for (Revision revision : revisions.finish(run, plan, openRound)) {
                records.setRevision(run, revision.fromRound(), revision.number());
            }
            members.setBytes(lengths(List.copyOf(byOrdinal.values()), ImportedMember::bytes));
            snapshots.setBytes(lengths(
                    byOrdinal.values().stream()
                            .filter(ImportedMember::hasSnapshot)
                            .toList(),
                    ImportedMember::compactedBytes));
        }

        private static Map<Long, Long> lengths(List<ImportedMember> of, ToLongFunction<ImportedMember> length) {
            return of.stream().collect(Collectors.toMap(ImportedMember::id, length::applyAsLong));
        }
    }
}
