package io.evenkeel.core.privacy;

import io.evenkeel.core.compress.ReleaseMechanism;
import io.evenkeel.core.vector.Norm;

/**
 * Scales values to the bound, rounds them to the grid towards zero, which never increases the norm, and adds
 * discrete Gaussian noise. The norm is checked once more as a sum of integers, so rounding during the scaling
 * cannot make it exceed the sensitivity.
 */
final class GaussianRelease implements ReleaseMechanism {

    private static final double SHRINK = 1 - 0x1.0p-20;

    private final PrivacyMechanism mechanism;
    private final NoiseGrid grid;
    private final NoiseSource noise;

    GaussianRelease(PrivacyMechanism mechanism, NoiseGrid grid, NoiseSource noise) {
        this.mechanism = mechanism;
        this.grid = grid;
        this.noise = noise;
    }

    @Override
    public void release(double[] values) {
        double factor = mechanism.normalization().factor(Norm.l2(values), grid.value(grid.bound()));
        while (!fits(values, factor)) {
            factor *= SHRINK;
        }
        long[] drawn = new long[values.length];
        noise.sample(grid.deviation(), drawn);
        for (int j = 0; j < values.length; j++) {
            values[j] = grid.value(steps(values[j], factor) + drawn[j]);
            drawn[j] = 0;
        }
    }

    private boolean fits(double[] values, double factor) {
        long sum = 0;
        for (double value : values) {
            long steps = steps(value, factor);
            sum += steps * steps;
        }
        return sum <= grid.bound() * grid.bound();
    }

    private long steps(double value, double factor) {
        return (long) Math.scalb(value * factor, -grid.exponent());
    }
}
