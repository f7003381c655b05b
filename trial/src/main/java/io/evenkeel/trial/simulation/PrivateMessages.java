package io.evenkeel.trial.simulation;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.privacy.DiscreteGaussian;
import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.privacy.NoiseGrid;
import io.evenkeel.core.privacy.NoiseSource;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.experiment.ArmPrivacy;
import org.jspecify.annotations.Nullable;

/** The noise of private arms, drawn exactly as devices and the coordinator draw it, but from a seed. Not thread-safe. */
final class PrivateMessages {

    private final ArmPrivacy privacy;
    private final NoiseSource noise;
    private final Compressor staging;
    private final @Nullable Compressor apart;

    PrivateMessages(ArmPrivacy privacy, Compressor compressor, long seed) {
        SplitMix64 random = new SplitMix64(seed);
        this.privacy = privacy;
        noise = new DiscreteGaussian(bytes -> {
            for (int i = 0; i < bytes.length; i += Long.BYTES) {
                long bits = random.next();
                for (int j = i; j < Math.min(i + Long.BYTES, bytes.length); j++) {
                    bytes[j] = (byte) bits;
                    bits >>>= Byte.SIZE;
                }
            }
        });
        GaussianMechanism mechanism = privacy.mechanism();
        Compressor noisy = compressor.releasing(mechanism.on(compressor.spec(), noise));
        if (privacy.by() == NoiseAdder.COORDINATOR) {
            staging = compressor.releasing(mechanism.withoutNoise(compressor.spec()));
            apart = null;
        } else {
            staging = privacy.fedBack()
                    ? noisy
                    : compressor.releasing(mechanism.on(compressor.spec(), NoiseSource.SILENT));
            apart = privacy.fedBack() ? null : noisy;
        }
    }

    /** Returns the compressor of error feedback. */
    Compressor compressor() {
        return staging;
    }

    /** Returns noise that the coordinator gets with a message and g_i does not take in; null if it takes in all. */
    @Nullable
    CompressedVector apart(long drawnFrom) {
        return apart == null ? null : apart.compress(new double[apart.dimension()], null, drawnFrom);
    }

    /** Returns the noise that the coordinator adds to the sum of a round; null if clients add it. */
    @Nullable
    CompressedVector ofSum(long drawnFrom) {
        if (privacy.by() == NoiseAdder.DEVICE) {
            return null;
        }
        Support support = staging.compress(new double[staging.dimension()], null, drawnFrom)
                .support();
        NoiseGrid grid = privacy.mechanism().grid(staging.spec(), NoiseAdder.COORDINATOR);
        return new CompressedVector(support, ValueCoding.FLOAT64, grid.noise(support.count(), noise));
    }
}
