package io.evenkeel.coordinator.world;

import io.evenkeel.core.wire.Digest;
import java.util.List;
import java.util.Optional;

/** Reads a world's run from the database, over a connection that does not fail. Not thread-safe. */
final class StoredRun {

    private final String run;
    private final Machine machine;

    /** @param run the run's name */
    StoredRun(String run, Machine machine) {
        this.run = run;
        this.machine = machine;
    }

    /**
     * The position of a message.
     *
     * @param ordinal the member's ordinal
     * @param includedIn the round whose sum includes the message
     */
    record Stored(int ordinal, int includedIn) {}

    /** Returns a message's position; empty if it was not accepted, or its row is folded. */
    Optional<Stored> message(byte[] message) {
        return machine
                .database()
                .query(
                        "SELECT g.ordinal, g.included_in FROM message g JOIN run r ON r.id = g.run_id WHERE r.name = ?"
                                + " AND g.digest = ?",
                        (row, i) -> new Stored(row.getInt(1), row.getInt(2)),
                        run,
                        Digest.of(message))
                .stream()
                .findFirst();
    }

    /**
     * A device's membership.
     *
     * @param ordinal its ordinal
     * @param round the open round, -1 before the start
     * @param weight the device's weight after that round closes
     */
    record Planned(int ordinal, int round, double weight) {}

    /** Returns a device's newest membership; empty if the run is over. */
    Optional<Planned> planned(String client) {
        return machine
                .database()
                .query(
                        "SELECT m.ordinal, r.round_number, COALESCE(m.pending_weight, m.weight) FROM member m"
                                + " JOIN run r ON r.id = m.run_id WHERE r.name = ? AND m.client_id = ?"
                                + " AND r.state IN ('RUNNING', 'PAUSED') ORDER BY m.ordinal DESC",
                        (row, i) -> new Planned(row.getInt(1), row.getInt(2), row.getDouble(3)),
                        run,
                        client)
                .stream()
                .findFirst();
    }

    /**
     * The rounds of a membership.
     *
     * @param from the first round
     * @param to the last round
     */
    record Period(int ordinal, int from, int to) {

        boolean has(int round) {
            return from <= round && round <= to;
        }
    }

    /** Returns all memberships of the run, by ordinal. */
    List<Period> periods() {
        return machine.database()
                .query(
                        "SELECT m.ordinal, m.active_from, COALESCE(m.left_after, " + Integer.MAX_VALUE
                                + ") FROM member m JOIN run r ON r.id = m.run_id WHERE r.name = ? ORDER BY m.ordinal",
                        (row, i) -> new Period(row.getInt(1), row.getInt(2), row.getInt(3)),
                        run);
    }
}
