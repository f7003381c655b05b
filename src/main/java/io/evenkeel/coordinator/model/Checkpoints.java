package io.evenkeel.coordinator.model;

import io.evenkeel.core.wire.Replica;
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
        jdbc.sql("INSERT INTO checkpoint (run_id, round_number, accumulated, state) VALUES (?, ?, ?, ?)")
                .params(run, model.round(), model.accumulated(), model.toReplica())
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
     * @throws io.evenkeel.core.wire.WireException if what is stored is damaged
     * @throws org.springframework.dao.EmptyResultDataAccessException if the run has none: it was not started
     */
    Checkpoint latest(long run, int round, int dimension) {
        return jdbc.sql("SELECT round_number, accumulated, state FROM checkpoint WHERE run_id = ? AND round_number ="
                        + " (SELECT MAX(round_number) FROM checkpoint WHERE run_id = ? AND round_number <= ?)")
                .params(run, run, round)
                .query((row, i) -> new Checkpoint(row.getInt(1), row.getDouble(2), decode(row.getBytes(3), dimension)))
                .single();
    }

    private static Replica decode(byte[] state, int dimension) {
        return Replica.decode(state, 0, state.length, dimension);
    }

    private void delete(long run, int round) {
        jdbc.sql("DELETE FROM checkpoint WHERE run_id = ? AND round_number = ?")
                .params(run, round)
                .update();
    }
}
