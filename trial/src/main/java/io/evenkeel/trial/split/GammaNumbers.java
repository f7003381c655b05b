package io.evenkeel.trial.split;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.trial.learn.NormalNumbers;

/** Seeded gamma and Dirichlet numbers, bit-identical on every JVM (Marsaglia and Tsang, ACM TOMS 2000). */
final class GammaNumbers {

    private final NormalNumbers normal;
    private final SplitMix64 uniform;

    private GammaNumbers(long seed) {
        normal = new NormalNumbers(SplitMix64.derive(seed, 1));
        uniform = new SplitMix64(SplitMix64.derive(seed, 2));
    }

    /** Returns Dirichlet shares with equal expectations; the smaller alpha, the more they differ. */
    static double[] dirichlet(int count, double alpha, long seed) {
        GammaNumbers gamma = new GammaNumbers(seed);
        double[] logs = new double[count];
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
            logs[i] = gamma.nextLog(alpha);
            largest = Math.max(largest, logs[i]);
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            logs[i] = StrictMath.exp(logs[i] - largest);
            sum += logs[i];
        }
        for (int i = 0; i < count; i++) {
            logs[i] /= sum;
        }
        return logs;
    }

    /** Returns the logarithm of a gamma number, since gamma numbers of a small shape underflow. */
    private double nextLog(double shape) {
        if (shape < 1) {
            return nextLog(shape + 1) + StrictMath.log(1 - uniform.nextDouble()) / shape;
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = normal.next();
            double v = 1 + c * x;
            if (v > 0) {
                double cube = v * v * v;
                double u = 1 - uniform.nextDouble();
                if (StrictMath.log(u) < x * x / 2 + d - d * cube + d * StrictMath.log(cube)) {
                    return StrictMath.log(d * cube);
                }
            }
        }
    }
}
