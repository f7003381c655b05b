package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.NoiseGrid;
import io.evenkeel.core.privacy.NoiseSource;
import io.evenkeel.core.privacy.PrivacyMechanism;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.experiment.ArmPrivacy;
import io.evenkeel.trial.experiment.ArmPrivacy.Noise;
import io.evenkeel.trial.learn.NormalNumbers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bounds, rounds and adds the messages of private arms as devices and the coordinator do. The noise consists
 * of seeded normal numbers, rounded to steps of the grid, as in Python. Devices sample the discrete Gaussian
 * exactly, which takes longer; its variance differs by a twelfth of a squared step, and the deviation has at
 * least 3 steps. Not thread-safe.
 */
final class PrivateMessages {

    private static final int COORDINATOR = -1;

    private final PrivacyMechanism mechanism;
    private final Noise placement;
    private final CompressorSpec spec;
    private final long seed;
    private final Compressor staging;
    private final @Nullable Compressor apart;
    private final @Nullable NoisySum cohort;
    private NormalNumbers numbers = new NormalNumbers(0);

    /**
     * @param participants the number of clients that send in a round
     * @param seed the seed of the noise
     * @throws IllegalArgumentException if noise in shares does not suit the number of clients
     */
    PrivateMessages(ArmPrivacy privacy, CompressorSpec spec, TensorLayout layout, int participants, long seed) {
        this.mechanism = privacy.mechanism();
        this.placement = privacy.noise();
        this.spec = spec;
        this.seed = seed;
        Compressor compressor = spec.bind(layout);
        Compressor noisy = compressor.releasing(mechanism.on(spec, this::sample));
        apart = placement == Noise.NOT_FED_BACK ? noisy : null;
        if (placement == Noise.IN_SHARES) {
            CohortNoise shares = privacy.shares(participants, layout.dimension());
            cohort = new NoisySum(shares, participants, this::sample);
            // As on devices: the words have more bits than float32.
            staging = new CompressorSpec(spec.selection(), ValueCoding.FLOAT64)
                    .bind(layout)
                    .releasing(shares.withoutNoise());
        } else {
            cohort = null;
            staging = switch (placement) {
                case BY_COORDINATOR -> compressor.releasing(mechanism.withoutNoise(spec));
                case NOT_FED_BACK -> compressor.releasing(mechanism.on(spec, NoiseSource.SILENT));
                default -> noisy;
            };
        }
    }

    Compressor compressor() {
        return staging;
    }

    /** Starts a client's message, whose noise has its own seed. */
    void begin(int client, int round) {
        numbers = new NormalNumbers(SplitMix64.derive(SplitMix64.derive(seed, client), round));
    }

    /** Adds a message to the round's sum if its noise is in shares; returns whether it is. */
    boolean share(CompressedVector message) {
        if (cohort == null) {
            return false;
        }
        cohort.add(message);
        return true;
    }

    /**
     * Returns the noise that the coordinator gets with a message but that g_i does not include; null if there is none.
     */
    @Nullable
    CompressedVector apart(long drawnFrom) {
        return apart == null ? null : apart.compress(new double[apart.dimension()], null, drawnFrom);
    }

    /**
     * Returns the vector that the coordinator adds to S at the end of a round: its noise, or the sum of messages with
     * noise in shares; or null.
     */
    @Nullable
    CompressedVector ofRound(int round, long drawnFrom) {
        if (cohort != null) {
            return cohort.take();
        }
        if (placement != Noise.BY_COORDINATOR) {
            return null;
        }
        begin(COORDINATOR, round);
        Support support = staging.compress(new double[staging.dimension()], null, drawnFrom)
                .support();
        NoiseGrid grid = mechanism.grid(spec, NoiseAdder.COORDINATOR);
        return new CompressedVector(support, ValueCoding.FLOAT64, grid.noise(support.count(), this::sample));
    }

    private void sample(long deviation, long[] into) {
        Arrays.setAll(into, j -> (long) Math.rint(deviation * numbers.next()));
    }
}
