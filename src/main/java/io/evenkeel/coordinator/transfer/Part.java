package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.fleet.FleetTables;
import io.evenkeel.coordinator.message.MessageStore;
import io.evenkeel.coordinator.model.Checkpoints;
import io.evenkeel.coordinator.model.Updates;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.round.RoundRecords;
import io.evenkeel.coordinator.run.MemberTable;
import io.evenkeel.coordinator.run.RevisionTable;
import io.evenkeel.coordinator.run.RoundDraws;
import io.evenkeel.coordinator.run.RoundNoise;
import io.evenkeel.coordinator.run.RunTable;
import io.evenkeel.coordinator.run.SnapshotStore;
import java.util.Arrays;
import java.util.Optional;

/**
 * The tables in the file, in their order. A record's first byte is its kind. Kinds and order are part of format version 1, as are the
 * tables' columns. Keys of the database are not in the file: members' ordinals stand for them.
 */
enum Part {
    RUN(1, RunTable.EXPORTED),
    TOKEN(2, FleetTables.TOKENS),
    CLIENT(3, FleetTables.CLIENTS),
    PROFILE(10, FleetTables.PROFILES),
    MEMBER(4, MemberTable.EXPORTED),
    SNAPSHOT(5, SnapshotStore.EXPORTED),
    MESSAGE(6, MessageStore.EXPORTED),
    RECORD(7, RoundRecords.EXPORTED),
    CHECKPOINT(8, Checkpoints.EXPORTED),
    UPDATE(9, Updates.EXPORTED),
    REVISION(11, RevisionTable.EXPORTED),
    DRAW(12, RoundDraws.EXPORTED),
    NOISE(13, RoundNoise.EXPORTED);

    private final int kind;
    private final ExportedTable table;

    Part(int kind, ExportedTable table) {
        this.kind = kind;
        this.table = table;
    }

    /** Returns the first byte of its records. */
    int kind() {
        return kind;
    }

    /** Returns the part whose records begin with a byte. */
    static Optional<Part> of(int kind) {
        return Arrays.stream(values()).filter(part -> part.kind == kind).findFirst();
    }

    ExportedTable table() {
        return table;
    }
}
