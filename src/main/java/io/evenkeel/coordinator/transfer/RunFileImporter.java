package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.fleet.FleetTables;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.message.StoredMessage;
import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.round.RoundRecords;
import io.evenkeel.coordinator.run.ImportedRevisions;
import io.evenkeel.coordinator.run.MemberTable;
import io.evenkeel.coordinator.run.Revision;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.coordinator.run.SnapshotStore;
import io.evenkeel.coordinator.run.ValidatedPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Inserts the rows of a run's file with keys of this database. Thread-safe; an import under way is not. */
@Component
class RunFileImporter {

    private static final int MOST_ROWS = 64;
    private static final long MOST_BYTES = 1 << 20;

    private final JdbcTemplate jdbc;
    private final RunTable runs;
    private final FleetTables fleet;
    private final MemberTable members;
    private final SnapshotStore snapshots;
    private final MessageStore messages;
    private final ImportedRevisions revisions;
    private final RoundRecords records;

    RunFileImporter(
            JdbcTemplate jdbc,
            RunTable runs,
            FleetTables fleet,
            MemberTable members,
            SnapshotStore snapshots,
            MessageStore messages,
            ImportedRevisions revisions,
            RoundRecords records) {
        this.jdbc = jdbc;
        this.runs = runs;
        this.fleet = fleet;
        this.members = members;
        this.snapshots = snapshots;
        this.messages = messages;
        this.revisions = revisions;
        this.records = records;
    }

    /**
     * Inserts the run and begins the import of its rows. Works in the caller's transaction, as does the import.
     *
     * @param plan the run's plan
     */
    Import begin(ExportedRow run, ValidatedPlan plan, Instant exportedAt) {
        return new Import(runs.insert(run, exportedAt), plan, run.requiredInt("round_number"));
    }

    /** A member of the imported run, with what the file does not have: the lengths of its messages. */
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

    /** One import. Rows are inserted in batches, the rows of a part after those of the parts before it. */
    final class Import {

        private final long run;
        private final ValidatedPlan plan;
        private final int openRound;
        private final Map<Long, ImportedMember> byOrdinal = new HashMap<>();
        private final List<ExportedRow> batch = new ArrayList<>();
        private Part part = Part.RUN;
        private long batchedBytes;

        private Import(long run, ValidatedPlan plan, int openRound) {
            this.run = run;
            this.plan = plan;
            this.openRound = openRound;
        }

        /** Returns the run's key. */
        long run() {
            return run;
        }

        /**
         * Inserts a row, or keeps it for the next batch.
         *
         * @throws org.springframework.dao.DataIntegrityViolationException if the database does not take it, or a row before it
         */
        void insert(Part next, ExportedRow row) {
            if (next != part) {
                flush();
                part = next;
            }
            switch (part) {
                case RUN -> throw new IllegalArgumentException("the run is there already");
                case TOKEN -> fleet.insertToken(row);
                case CLIENT -> fleet.insertClient(row);
                case PROFILE -> fleet.insertProfile(row);
                case MEMBER -> byOrdinal.put(row.whole("ordinal"), new ImportedMember(members.insert(run, row)));
                case SNAPSHOT -> add(row, row.bytes("state").length);
                case MESSAGE -> add(row, row.bytes("payload").length);
                case RECORD -> add(row, 0);
                case CHECKPOINT -> add(row, row.bytes("state").length);
                case UPDATE -> add(row, row.bytes("data").length);
                case REVISION -> add(row, 0);
                case DRAW -> add(row, row.bytes("asked").length);
                case NOISE -> add(row, row.bytes("seed").length);
            }
        }

        private void add(ExportedRow row, int bytes) {
            batch.add(row);
            batchedBytes += bytes;
            if (batch.size() >= MOST_ROWS || batchedBytes > MOST_BYTES) {
                flush();
            }
        }

        private void flush() {
            if (batch.isEmpty()) {
                return;
            }
            switch (part) {
                case SNAPSHOT -> {
                    batch.forEach(this::noteSnapshot);
                    part.table().insert(jdbc, batch, this::member);
                }
                case MESSAGE ->
                    messages.insert(run, batch.stream().map(this::message).toList());
                case RUN, TOKEN, CLIENT, PROFILE, MEMBER, RECORD, CHECKPOINT, UPDATE, REVISION, DRAW, NOISE ->
                    part.table().insert(jdbc, batch, row -> run);
            }
            batch.clear();
            batchedBytes = 0;
        }

        /** Returns a member's key; -1 if it is not in the file, which the database refuses as a broken reference. */
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

        /** Inserts what is left, and sets the lengths of the members' messages and the revisions that rounds followed. */
        void finish() {
            flush();
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
