package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.storage.DamagedException;
import io.evenkeel.coordinator.storage.Seal;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.WireException;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Whole states in the database, each a replica file with a checksum. Works in the caller's transaction. */
@Component
public class Checkpoints {

    private final JdbcClient jdbc;

    Checkpoints(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The state before a round.
     *
     * @param round k
     * @param accumulated the step rule's memory
     * @param state x^k and S
     */
    record Checkpoint(int round, double accumulated, Replica state) {}

    /** Keeps the state of a model as the one before its round; that of a round that has one already is replaced. */
    public void save(long run, LiveModel model) {
        delete(run, model.round());
        byte[] state = model.toReplica();
        jdbc.sql("INSERT INTO checkpoint (run_id, round_number, accumulated, digest, state) VALUES (?, ?, ?, ?, ?)")
                .params(
                        run,
                        model.round(),
                        model.accumulated(),
                        Seal.of(model.round(), model.accumulated(), state),
                        state)
                .update();
    }

    boolean exists(long run, int round) {
        return jdbc.sql("SELECT COUNT(*) FROM checkpoint WHERE run_id = ? AND round_number = ?")
                        .params(run, round)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /**
     * Returns the newest checkpoint that is not behind a round.
     *
     * @param dimension d
     * @throws DamagedException if what is stored is not what was written
     * @throws org.springframework.dao.EmptyResultDataAccessException if the run has none: it was not started
     */
    Checkpoint latest(long run, int round, int dimension) {
        return jdbc.sql(
                        "SELECT round_number, accumulated, digest, state FROM checkpoint WHERE run_id = ? AND round_number ="
                                + " (SELECT MAX(round_number) FROM checkpoint WHERE run_id = ? AND round_number <= ?)")
                .params(run, run, round)
                .query((row, i) -> read(run, row, dimension))
                .single();
    }

    /** Returns the round of the newest checkpoint that is not behind a round, -1 if there is none. */
    int newest(long run, int round) {
        return jdbc.sql("SELECT COALESCE(MAX(round_number), -1) FROM checkpoint WHERE run_id = ? AND round_number <= ?")
                .params(run, round)
                .query(Integer.class)
                .single();
    }

    private static Checkpoint read(long run, ResultSet row, int dimension) throws SQLException {
        int round = row.getInt(1);
        double accumulated = row.getDouble(2);
        long digest = row.getLong(3);
        boolean isSealed = !row.wasNull();
        byte[] state = row.getBytes(4);
        if (isSealed && digest != Seal.of(round, accumulated, state)) {
            throw damaged(run, round, "its digest differs");
        }
        try {
            Replica replica = Replica.decode(state, 0, state.length, dimension);
            if (replica.round() != round) {
                throw damaged(run, round, "it is of round " + replica.round());
            }
            return new Checkpoint(round, accumulated, replica);
        } catch (WireException e) {
            throw damaged(run, round, e.getMessage());
        }
    }

    private static DamagedException damaged(long run, int round, @Nullable String why) {
        return new DamagedException(
                run, round, DamagedException.NOBODY, "the stored checkpoint is not the one that was written: " + why);
    }

    private void delete(long run, int round) {
        jdbc.sql("DELETE FROM checkpoint WHERE run_id = ? AND round_number = ?")
                .params(run, round)
                .update();
    }
}
