package io.evenkeel.coordinator.model;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.stored;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.objects.Content;
import io.evenkeel.coordinator.platform.objects.MissingObjectException;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.RowDigest;
import io.evenkeel.coordinator.platform.storage.StoredBytes;
import io.evenkeel.coordinator.platform.storage.StoredBytes.Placed;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.step.StepMemory;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.core.wire.Encoding;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The table {@code checkpoint} of full states. A state consists of a replica file, the step rule's memory
 * and, with a lossy downlink, the devices' model, and has a digest. Works in the caller's transaction.
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
                    stored("memory"),
                    stored("state"))
            .verifiedBy(row -> row.whole("digest")
                    == RowDigest.of((int) row.whole("round_number"), row.bytes("memory"), row.bytes("state")));

    private final JdbcClient jdbc;
    private final StoredBytes bytes;

    Checkpoints(JdbcClient jdbc, StoredBytes bytes) {
        this.jdbc = jdbc;
        this.bytes = bytes;
    }

    /**
     * The state before a round.
     *
     * @param round k
     * @param memory the step rule's memory
     * @param state x^k and S
     * @param devices w^k, the devices' model with a lossy downlink; otherwise null
     */
    record Checkpoint(
            int round,
            StepMemory memory,
            Replica state,
            @Nullable DeviceModel devices) {}

    /** A state whose bytes have been stored, to be passed to {@link #save(long, Written)}. */
    public static final class Written {

        private final int round;
        private final long digest;
        private final Placed placed;

        private Written(int round, long digest, Placed placed) {
            this.round = round;
            this.digest = digest;
            this.placed = placed;
        }
    }

    /** Stores the bytes of a model's state. Must be called before the transaction that saves the state. */
    public Written write(LiveModel model) {
        Encoding replica = model.toReplica().encoding();
        double[][] beside = model.besideReplica();
        // Encodes the state twice, for the digest and for the store, so that the bytes are never all in
        // memory.
        Content memory = new Content(StepMemoryCodec.bytes(beside), () -> StepMemoryCodec.toStream(beside));
        Content state = new Content(replica.length(), replica::toStream);
        long digest = RowDigest.of(model.round(), memory.digest(), state.digest());
        return new Written(model.round(), digest, bytes.place(memory, state));
    }

    /** Saves a state, replacing any existing one of the same round. */
    public void save(long run, Written written) {
        delete(run, List.of(written.round));
        Placed placed = written.placed;
        jdbc.sql("INSERT INTO checkpoint (run_id, round_number, digest, memory, memory_at, state, state_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?)")
                .params(Arrays.asList(
                        run,
                        written.round,
                        written.digest,
                        placed.bytes(0),
                        placed.range(0),
                        placed.bytes(1),
                        placed.range(1)))
                .update();
        bytes.keep(placed);
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
        return jdbc.sql("SELECT round_number, digest, memory, memory_at, state, state_at, OCTET_LENGTH(state) FROM"
                        + " checkpoint WHERE run_id = ? AND round_number = (SELECT MAX(round_number) FROM"
                        + " checkpoint WHERE run_id = ? AND round_number <= ?)")
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

    /** Returns the rounds that have a checkpoint, ascending. */
    public List<Integer> rounds(long run) {
        return jdbc.sql("SELECT round_number FROM checkpoint WHERE run_id = ? ORDER BY round_number")
                .param(run)
                .query(Integer.class)
                .list();
    }

    /** Deletes the checkpoints of the given rounds. */
    public void delete(long run, List<Integer> rounds) {
        List<Object> parameters = new ArrayList<>(rounds);
        parameters.add(0, run);
        bytes.delete(
                "checkpoint",
                "run_id = ? AND round_number IN (" + StoredBytes.marks(rounds) + ")",
                rounds.size(),
                List.of("memory", "state"),
                parameters.toArray());
    }

    private Checkpoint read(long run, ResultSet row, ValidatedPlan plan) throws SQLException {
        int round = row.getInt(1);
        long digest = row.getLong(2);
        long length = bytes.length(row, 5);
        StepRule step = plan.algorithm().step();
        MessageDigest stateSha = Digest.sha256();
        MessageDigest memorySha = Digest.sha256();
        try (InputStream in = new DigestInputStream(bytes.open(row, 5), stateSha);
                InputStream memoryIn = new DigestInputStream(bytes.open(row, 3), memorySha)) {
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
                throw damaged(run, round, "it belongs to round " + replica.round());
            }
            DeviceModel devices = downlink == null ? null : new DeviceModel(downlink, plan.seed(), w);
            return new Checkpoint(round, memory, replica, devices);
        } catch (MissingObjectException e) {
            throw CorruptionException.missing(run, round, CorruptionException.NOBODY, e);
        } catch (IOException e) {
            throw new SQLException("a checkpoint cannot be read", e);
        }
    }

    /**
     * Returns null instead of throwing if the bytes are not a replica, so that the caller can check the
     * digest first.
     */
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
                "the stored checkpoint differs from the one that was written: " + why);
    }
}
