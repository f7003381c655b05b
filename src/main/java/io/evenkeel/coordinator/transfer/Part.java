package io.evenkeel.coordinator.transfer;

import static io.evenkeel.coordinator.transfer.Column.bytes;
import static io.evenkeel.coordinator.transfer.Column.flag;
import static io.evenkeel.coordinator.transfer.Column.real;
import static io.evenkeel.coordinator.transfer.Column.text;
import static io.evenkeel.coordinator.transfer.Column.time;
import static io.evenkeel.coordinator.transfer.Column.whole;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The tables in the file, in their order. A record's first byte is its kind; kinds, columns and their order are part of format
 * version 1. Keys of the database are not in the file: members' rows are tied together by the members' ordinals.
 */
enum Part {
    RUN(
            1,
            "run",
            "FROM run t WHERE t.id = ?",
            text("name"),
            text("definition"),
            text("state"),
            flag("closing"),
            whole("round_number"),
            time("created_at"),
            time("opened_at"),
            time("deadline"),
            time("paused_at"),
            whole("accepted"),
            whole("extended"),
            flag("stationary"),
            text("message")),
    TOKEN(
            2,
            "enrolment_token",
            "FROM enrolment_token t WHERE t.id IN (SELECT c.enrolled_by FROM client c JOIN member m ON m.client_id = c.id"
                    + " WHERE m.run_id = ?) ORDER BY t.id",
            text("id"),
            text("hash"),
            text("description"),
            whole("uses"),
            time("created_at"),
            time("expires_at"),
            time("revoked_at"),
            text("run")),
    CLIENT(
            3,
            "client",
            "FROM client t WHERE t.id IN (SELECT m.client_id FROM member m WHERE m.run_id = ?) ORDER BY t.id",
            text("id"),
            text("name"),
            text("secret_hash"),
            text("enrolled_by"),
            time("enrolled_at"),
            time("last_seen_at"),
            time("revoked_at"),
            text("next_secret_hash"),
            text("run"),
            text("certificate")),
    MEMBER(
            4,
            "member",
            "FROM member t JOIN member_chain c ON c.member_id = t.id WHERE t.run_id = ? ORDER BY t.ordinal",
            whole("ordinal"),
            text("client_id"),
            real("weight"),
            real("pending_weight"),
            whole("active_from"),
            whole("left_after"),
            whole("sequence"),
            whole("head"),
            whole("last_round"),
            time("joined_at")),
    SNAPSHOT(
            5,
            "member_snapshot",
            "FROM member_snapshot t JOIN member m ON m.id = t.member_id WHERE m.run_id = ? ORDER BY m.ordinal",
            whole("ordinal"),
            whole("sequence"),
            whole("head"),
            whole("folded_to"),
            whole("digest"),
            bytes("state")),
    MESSAGE(
            6,
            "message",
            "FROM message t LEFT JOIN message_payload p ON p.id = t.payload_id WHERE t.run_id = ?"
                    + " ORDER BY t.included_in, t.ordinal, t.sequence",
            whole("ordinal"),
            whole("round_number"),
            whole("included_in"),
            whole("sequence"),
            whole("digest"),
            time("accepted_at"),
            whole("bytes"),
            bytes("payload")),
    RECORD(
            7,
            "round_record",
            "FROM round_record t WHERE t.run_id = ? ORDER BY t.round_number",
            whole("round_number"),
            time("opened_at"),
            time("closed_at"),
            whole("participants"),
            whole("sampled"),
            whole("members"),
            whole("uplink_bytes"),
            whole("downlink_bytes"),
            whole("dense_bytes"),
            real("loss"),
            real("direction_norm"),
            real("gamma"),
            text("metrics"),
            real("smoothness"),
            real("smoothness_max"),
            whole("extended"),
            flag("stationary")),
    CHECKPOINT(
            8,
            "checkpoint",
            "FROM checkpoint t WHERE t.run_id = ? ORDER BY t.round_number",
            whole("round_number"),
            real("accumulated"),
            whole("digest"),
            bytes("state")),
    UPDATE(
            9,
            "round_update",
            "FROM round_update t WHERE t.run_id = ? ORDER BY t.round_number",
            whole("round_number"),
            real("accumulated"),
            whole("bytes"),
            whole("digest"),
            bytes("data"));

    /** Columns of members that are in a table of their own. */
    static final List<String> CHAIN = List.of("sequence", "head", "last_round");

    private final int kind;
    private final String table;
    private final String from;
    private final List<Column> columns;

    Part(int kind, String table, String from, Column... columns) {
        this.kind = kind;
        this.table = table;
        this.from = from;
        this.columns = Arrays.asList(columns);
    }

    /** Returns the first byte of its records. */
    int kind() {
        return kind;
    }

    /** Returns the part whose records begin with a byte. */
    static Optional<Part> of(int kind) {
        return Arrays.stream(values()).filter(part -> part.kind == kind).findFirst();
    }

    String table() {
        return table;
    }

    List<Column> columns() {
        return columns;
    }

    /** Returns the query for a run's rows; its parameter is the run's key. */
    String select() {
        return columns.stream().map(this::qualified).collect(Collectors.joining(", ", "SELECT ", " ")) + from;
    }

    private String qualified(Column column) {
        if (this == SNAPSHOT && column.name().equals("ordinal")) {
            return "m.ordinal";
        }
        if (this == MEMBER && CHAIN.contains(column.name())) {
            return "c." + column.name();
        }
        return this == MESSAGE && column.name().equals("payload") ? "p.data" : "t." + column.name();
    }

    /** Returns the place of a column in a record. */
    int index(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException(table + " has no column " + column);
    }
}
