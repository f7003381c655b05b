package io.evenkeel.coordinator.draw;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.Blobs;
import io.evenkeel.coordinator.platform.storage.CorruptionException;
import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.storage.RowDigest;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.privacy.DiscreteGaussian;
import io.evenkeel.engine.definition.PrivacyTerms;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.run.Run;
import java.security.SecureRandom;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Generates the noise of private runs whose coordinator adds it, and stores its seeds in the table {@code round_noise}.
 *
 * <p>A round's seed is 256 bits from the operating system's generator. It is stored in the transaction that freezes the
 * round, and expanded by {@link NoiseStream}. So closing the round again, on any replica, gives the same bits.
 * Thread-safe.
 */
@Component
public class RoundNoise {

    /** The seeds of a run; the query's parameter is the run's key. */
    public static final ExportedTable EXPORTED = ExportedTable.of(
                    "round_noise",
                    "run_id",
                    "FROM round_noise t WHERE t.run_id = ? ORDER BY t.round_number",
                    whole("round_number"),
                    whole("digest"),
                    bytes("seed"))
            .verifiedBy(row -> row.whole("digest") == RowDigest.of(row.bytes("seed"), row.whole("round_number")));

    private final SecureRandom random = new SecureRandom();
    private final PlanCache plans;
    private final JdbcClient jdbc;
    private final DurableTransactions transactions;

    RoundNoise(PlanCache plans, JdbcTemplate jdbc, DurableTransactions transactions) {
        this.plans = plans;
        this.jdbc = JdbcClient.create(jdbc);
        this.transactions = transactions;
    }

    /**
     * Draws and stores the seed of a newly frozen round, if the coordinator adds noise to its sum. Works in the
     * caller's transaction.
     */
    public void draw(Run run) {
        if (!plans.of(run).addsNoise()) {
            return;
        }
        byte[] seed = new byte[NoiseStream.SEED_BYTES];
        random.nextBytes(seed);
        jdbc.sql("INSERT INTO round_noise (run_id, round_number, digest, seed) VALUES (?, ?, ?, ?)")
                .params(run.id(), run.round(), RowDigest.of(seed, run.round()), Blobs.parameter(seed))
                .update();
    }

    /**
     * Returns the noise of a frozen or closed round, for the coordinates of its messages. Needs about 16
     * bytes per coordinate, and holds no transaction while it draws.
     *
     * @param plan a plan whose coordinator adds noise
     * @throws CorruptionException if the seed is missing or damaged
     */
    public CompressedVector of(long run, int round, ValidatedPlan plan) {
        PrivacyTerms privacy = Objects.requireNonNull(plan.privacy());
        DiscreteGaussian gaussian =
                new DiscreteGaussian(new NoiseStream(transactions.read(() -> seed(run, round)), round));
        Support support = plan.support(round);
        double[] noise = privacy.grid(plan.compressor().spec()).noise(support.count(), gaussian);
        return new CompressedVector(support, ValueCoding.FLOAT64, noise);
    }

    private byte[] seed(long run, int round) {
        return jdbc.sql("SELECT digest, seed FROM round_noise WHERE run_id = ? AND round_number = ?")
                .params(run, round)
                .query((row, i) -> {
                    byte[] seed = Objects.requireNonNull(Blobs.read(row, 2));
                    return row.getLong(1) == RowDigest.of(seed, round) ? seed : new byte[0];
                })
                .optional()
                .filter(seed -> seed.length == NoiseStream.SEED_BYTES)
                .orElseThrow(() -> new CorruptionException(
                        run,
                        round,
                        CorruptionException.NOBODY,
                        "the stored seed of the round's noise is missing, or differs from the one that was written"));
    }
}
