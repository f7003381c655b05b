package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The table {@code cohort_sum}: the sums of rounds with secure aggregation. Works in the caller's transaction. */
@Component
public class CohortSums {

    /** The sums of a run's cohorts; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "cohort_sum",
                    "run_id",
                    "FROM cohort_sum t WHERE t.run_id = ? ORDER BY t.round_number",
                    whole("round_number"),
                    whole("members"),
                    bytes("words"),
                    whole("digest"))
            .verifiedBy(row -> Digest.of(row.bytes("words")) == row.whole("digest"));

    private final JdbcClient jdbc;

    CohortSums(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The sum of a round's cohort.
     *
     * @param members the number of vectors that were added
     * @param delta the sum of their values, d coordinates
     * @param loss the mean of the losses; empty if no device reported one
     * @param reporters the number of devices that reported a loss
     */
    public record CohortSum(int members, CompressedVector delta, OptionalDouble loss, int reporters) {}

    void insert(long run, int round, int members, int[] words) {
        byte[] bytes = encode(words);
        jdbc.sql("INSERT INTO cohort_sum (run_id, round_number, members, words, digest) VALUES (?, ?, ?, ?, ?)")
                .params(run, round, members, Blobs.parameter(bytes), Digest.of(bytes))
                .update();
    }

    /**
     * Returns the sum of a round; empty if the round has none.
     *
     * @throws CorruptionException if the stored sum is damaged
     */
    public Optional<CohortSum> find(long run, int round, ValidatedPlan plan) {
        return jdbc.sql("SELECT members, words, digest FROM cohort_sum WHERE run_id = ? AND round_number = ?")
                .params(run, round)
                .query((row, i) -> {
                    byte[] bytes = Objects.requireNonNull(Blobs.read(row, 2));
                    if (Digest.of(bytes) != row.getLong(3) || bytes.length != Integer.BYTES * words(plan)) {
                        throw new CorruptionException(
                                run,
                                round,
                                CorruptionException.NOBODY,
                                "the stored sum of the cohort is not the one that was written");
                    }
                    return decode(row.getInt(1), bytes, round, plan);
                })
                .optional();
    }

    /** Deletes the sums of all rounds before a given one, and returns their number. */
    public int deleteBefore(long run, int round) {
        return jdbc.sql("DELETE FROM cohort_sum WHERE run_id = ? AND round_number < ?")
                .params(run, round)
                .update();
    }

    /** Returns the number of words in a run's vectors. */
    public static int words(ValidatedPlan plan) {
        return plan.compressor().maxCount() + VectorWords.EXTRA;
    }

    private static CohortSum decode(int members, byte[] bytes, int round, ValidatedPlan plan) {
        SecureAggregationTerms terms = Objects.requireNonNull(plan.secureAggregation());
        int[] words = new int[bytes.length / Integer.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().get(words);
        VectorWords coding = terms.words();
        int reporters = Math.min(members, Math.max(0, coding.reporters(words)));
        return new CohortSum(
                members,
                new CompressedVector(plan.support(round), ValueCoding.FLOAT64, coding.values(words)),
                coding.meanLoss(words),
                reporters);
    }

    private static byte[] encode(int[] words) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * words.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(words);
        return bytes.array();
    }
}
