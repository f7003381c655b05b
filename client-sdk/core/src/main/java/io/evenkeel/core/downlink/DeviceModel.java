package io.evenkeel.core.downlink;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;

/**
 * The devices' model w in a run with a lossy downlink: EF21-P (Gruntkowska, Tyurin, Richtárik, arXiv 2209.15218). With
 * EF21 on the uplink it is EF21-BC (Fatkhullin et al., arXiv 2110.03294).
 *
 * <p>After the step to x^{k+1} the coordinator broadcasts {@code C'(x^{k+1} - w^k)}, and both sides compute
 * {@code w^{k+1} = w^k + C'(x^{k+1} - w^k)}. Devices compute their gradients at w. The part that the
 * compressor drops stays in x - w and is sent later: for a fixed x, {@code ||w - x||^2} shrinks by 1 - alpha
 * each round.
 *
 * <p>Every value of w is a float32: sums are rounded to nearest, and sums beyond float32's range become its largest
 * value. So a dense float32 model is w itself, in half the bytes of float64, and adding a message's values gives the
 * same bits on each side. The rounding error stays in x - w as well.
 *
 * <p>Takes 8 d bytes. Not thread-safe.
 */
public final class DeviceModel {

    /** Replaces a client's ordinal (at least 0) in the seeds of the downlink's compressor. */
    private static final long STREAM = -1;

    private final Compressor compressor;
    private final long seed;
    private final double[] w;

    /**
     * Restores a model.
     *
     * @param compressor the downlink's compressor, from {@link #compressor}
     * @param runSeed the run's seed
     * @param w d values, each a float32; not copied
     * @throws IllegalArgumentException if w does not have d values
     */
    public DeviceModel(Compressor compressor, long runSeed, double[] w) {
        if (w.length != compressor.dimension()) {
            throw new IllegalArgumentException(
                    "w has " + w.length + " values, expected " + compressor.dimension() + " for " + compressor);
        }
        this.compressor = compressor;
        this.seed = SplitMix64.derive(runSeed, STREAM);
        this.w = w;
    }

    /**
     * Returns the model before round 0: x^0, rounded to float32.
     *
     * @param x the coordinator's x^0, d finite values; not changed
     */
    public static DeviceModel start(Compressor compressor, long runSeed, double[] x) {
        double[] w = new double[x.length];
        for (int j = 0; j < w.length; j++) {
            w[j] = rounded(x[j]);
        }
        return new DeviceModel(compressor, runSeed, w);
    }

    /**
     * Reads a compressor for the downlink and binds it to a model.
     *
     * @throws IllegalArgumentException if the text is not a compressor, it does not fit the model, or it has no
     *     contraction factor
     */
    public static Compressor compressor(String text, TensorLayout layout) {
        Compressor compressor = CompressorSpec.parse(text).bind(layout);
        if (!compressor.alpha().isPresent()) { // Android API 26 has no isEmpty.
            throw new IllegalArgumentException(
                    "compressor '" + compressor.spec()
                            + "' has no contraction factor, so w need not approach x: use one that has, such as top-k:0.01+natural");
        }
        return compressor;
    }

    /**
     * Advances w towards the coordinator's model.
     *
     * @param x the coordinator's x^{k+1}, d finite values; not changed
     * @param round k
     * @return the message {@code C'(x^{k+1} - w^k)}, already added to w
     */
    public CompressedVector follow(double[] x, int round) {
        CompressedVector delta = compressor.compress(x, w, SplitMix64.derive(seed, round));
        repeat(delta);
        return delta;
    }

    /**
     * Replays a round by adding its message to w.
     *
     * @throws IllegalArgumentException if the message has a different dimension
     */
    public void repeat(CompressedVector delta) {
        requireDimension(delta, w.length);
        for (int j = 0; j < delta.count(); j++) {
            int index = delta.index(j);
            w[index] = rounded(w[index] + delta.value(j));
        }
    }

    /**
     * Replays a round on a device by adding its message to w; gives the same bits as {@link #repeat}.
     *
     * @param w d values, changed in place
     * @throws IllegalArgumentException if the message has a different dimension
     */
    public static void repeat(CompressedVector delta, float[] w) {
        requireDimension(delta, w.length);
        for (int j = 0; j < delta.count(); j++) {
            int index = delta.index(j);
            w[index] = rounded(w[index] + delta.value(j));
        }
    }

    /** Returns w itself, d values, each a float32. */
    public double[] w() {
        return w;
    }

    private static void requireDimension(CompressedVector delta, int dimension) {
        if (delta.dimension() != dimension) {
            throw new IllegalArgumentException(
                    "the message has " + delta.dimension() + " coordinates, expected " + dimension);
        }
    }

    private static float rounded(double value) {
        float rounded = (float) value;
        return Float.isInfinite(rounded) ? Math.copySign(Float.MAX_VALUE, rounded) : rounded;
    }
}
