package io.evenkeel.coordinator.model;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.definition.ValidatedPlan;
import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.RowDigest;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.step.StepMemory;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Replica;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code checkpoint}: whole states, each as a replica file, the step rule's memory, and the devices' model with a lossy
 * downlink; with a digest. Works in the caller's transaction.
 */
@Component
public class Checkpoints {

    /** The checkpoints of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "checkpoint",
                    "run_id",
                    "FROM checkpoint t WHERE t.run_id = ? ORDER BY t.round_number",
                    whole("round_number"),
                    whole("digest"),
                    bytes("memory"),
                    bytes("state"))
            .verifiedBy(row -> row.whole("digest")
                    == RowDigest.of((int) row.whole("round_number"), row.bytes("memory"), row.bytes("state")));

    private final JdbcClient jdbc;

    Checkpoints(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The state before a round.
     *
     * @param round k
     * @param memory what the step rule remembers
     * @param state x^k and S
     * @param devices w^k, the devices' model with a lossy downlink; else null
     */
    record Checkpoint(
            int round,
            StepMemory memory,
            Replica state,
            @Nullable DeviceModel devices) {}

    /** Saves the state before a model's round, and replaces one that is there. */
    public void save(long run, LiveModel model) {
        delete(run, List.of(model.round()));
        Replica state = model.toReplica();
        double[][] beside = model.besideReplica();
        // Encoded twice, for the digest and for the row, so that it is never in memory as bytes.
        long digest = RowDigest.of(model.round(), digest(StepMemoryCodec.toStream(beside)), digest(state.toStream()));
        jdbc.sql("INSERT INTO checkpoint (run_id, round_number, digest, memory, state) VALUES (?, ?, ?, ?, ?)")
                .params(
                        run,
                        model.round(),
                        digest,
                        Blobs.parameter(StepMemoryCodec.toStream(beside), StepMemoryCodec.bytes(beside)),
                        Blobs.parameter(state.toStream(), state.encodedSize()))
                .update();
    }

    private static long digest(InputStream stream) {
        MessageDigest sha = Digest.sha256();
        try (InputStream in = new DigestInputStream(stream, sha)) {
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException("a stream from memory does not fail", e);
        }
        return Digest.of(sha);
    }

    boolean exists(long run, int round) {
        return jdbc.sql("SELECT COUNT(*) FROM checkpoint WHERE run_id = ? AND round_number = ?")
                        .params(run, round)
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /**
     * Returns the newest checkpoint up to a round.
     *
     * @throws CorruptionException if the stored data is damaged
     * @throws org.springframework.dao.EmptyResultDataAccessException if there is none: the run was not started
     */
    Checkpoint latest(long run, int round, ValidatedPlan plan) {
        return jdbc.sql(
                        "SELECT round_number, digest, memory, state, OCTET_LENGTH(state) FROM checkpoint WHERE run_id = ? AND round_number ="
                                + " (SELECT MAX(round_number) FROM checkpoint WHERE run_id = ? AND round_number <= ?)")
                .params(run, run, round)
                .query((row, i) -> read(run, row, plan))
                .single();
    }

    /** Returns the round of the newest checkpoint up to a round, -1 if there is none. */
    int newest(long run, int round) {
        return jdbc.sql("SELECT COALESCE(MAX(round_number), -1) FROM checkpoint WHERE run_id = ? AND round_number <= ?")
                .params(run, round)
                .query(Integer.class)
                .single();
    }

    /** Returns the rounds of the newest checkpoints, the newest first. */
    public List<Integer> newestRounds(long run, int limit) {
        return jdbc.sql("SELECT round_number FROM checkpoint WHERE run_id = ?"
                        + " ORDER BY round_number DESC FETCH FIRST ? ROWS ONLY")
                .params(run, limit)
                .query(Integer.class)
                .list();
    }

    /**
     * Returns the oldest rounds that have a checkpoint.
     *
     * @param before rounds from this one on are left out
     * @param every rounds that are a multiple of this are left out
     * @param except this round is left out
     */
    public List<Integer> roundsBefore(long run, int before, int every, int except, int limit) {
        return jdbc.sql("SELECT round_number FROM checkpoint WHERE run_id = ? AND round_number < ?"
                        + " AND MOD(round_number, ?) <> 0 AND round_number <> ? ORDER BY round_number FETCH FIRST ? ROWS"
                        + " ONLY")
                .params(run, before, every, except, limit)
                .query(Integer.class)
                .list();
    }

    /** Deletes the checkpoints of some rounds. */
    public void delete(long run, List<Integer> rounds) {
        jdbc.sql("DELETE FROM checkpoint WHERE run_id = :run AND round_number IN (:rounds)")
                .param("run", run)
                .param("rounds", rounds)
                .update();
    }

    private static Checkpoint read(long run, ResultSet row, ValidatedPlan plan) throws SQLException {
        int round = row.getInt(1);
        long digest = row.getLong(2);
        long length = row.getLong(5);
        StepRule step = plan.algorithm().step();
        MessageDigest stateSha = Digest.sha256();
        MessageDigest memorySha = Digest.sha256();
        try (InputStream in = new DigestInputStream(row.getBinaryStream(4), stateSha);
                InputStream memoryIn = new DigestInputStream(row.getBinaryStream(3), memorySha)) {
            Replica replica = decoded(in, length, plan.dimension());
            StepMemory memory = replica == null ? null : StepMemoryCodec.read(memoryIn, step, step.start(replica.x()));
            Compressor downlink = plan.downlink();
            double[] w = new double[downlink == null ? 0 : plan.dimension()];
            boolean complete = memory != null && StepMemoryCodec.fill(memoryIn, w);
            in.transferTo(OutputStream.nullOutputStream());
            memoryIn.transferTo(OutputStream.nullOutputStream());
            if (digest != RowDigest.of(round, Digest.of(memorySha), Digest.of(stateSha))) {
                throw damaged(run, round, "its digest differs");
            }
            if (replica == null || memory == null || !complete) {
                throw damaged(run, round, "it cannot be decoded");
            }
            if (replica.round() != round) {
                throw damaged(run, round, "it is of round " + replica.round());
            }
            DeviceModel devices = downlink == null ? null : new DeviceModel(downlink, plan.seed(), w);
            return new Checkpoint(round, memory, replica, devices);
        } catch (IOException e) {
            throw new SQLException("a checkpoint cannot be read", e);
        }
    }

    /** Returns null if the bytes are not a replica, so that the digest is checked first. */
    private static @Nullable Replica decoded(InputStream in, long length, int dimension) throws IOException {
        try {
            return Replica.read(in, length, dimension);
        } catch (WireException e) {
            return null;
        }
    }

    private static CorruptionException damaged(long run, int round, String why) {
        return new CorruptionException(
                run,
                round,
                CorruptionException.NOBODY,
                "the stored checkpoint is not the one that was written: " + why);
    }
}
