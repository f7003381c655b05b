package io.evenkeel.client;

import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** The result of a gradient function: d values as doubles or floats, and the figures reported with them. */
public final class Gradient {

    private static final Gradient SKIP = new Gradient(new double[0], null, 0, OptionalDouble.empty(), Map.of());

    private final double @Nullable [] doubles;
    private final float @Nullable [] floats;
    private final long samples;
    private final OptionalDouble loss;
    private final Map<String, Double> metrics;

    private Gradient(
            double @Nullable [] doubles,
            float @Nullable [] floats,
            long samples,
            OptionalDouble loss,
            Map<String, Double> metrics) {
        this.doubles = doubles;
        this.floats = floats;
        this.samples = samples;
        this.loss = loss;
        this.metrics = metrics;
    }

    /**
     * A gradient over a single sample, without a loss.
     *
     * @param values d finite values; not copied, and the client may overwrite them
     */
    public static Gradient of(double[] values) {
        return new Gradient(values, null, 1, OptionalDouble.empty(), Map.of());
    }

    /**
     * A gradient over a single sample, without a loss.
     *
     * @param values d finite values; neither copied nor changed
     */
    public static Gradient of(float[] values) {
        return new Gradient(null, values, 1, OptionalDouble.empty(), Map.of());
    }

    /**
     * A gradient with its loss.
     *
     * @param values d finite values; not copied, and the client may overwrite them
     * @param samples the number of samples over which the gradient is averaged, at least 1; the weight of
     *     loss and metrics in the run's curves, not of the gradient
     * @param loss the mean over the samples of the function whose gradient this is, at the model passed to the gradient
     *     function; not reported if it is not finite
     * @throws IllegalArgumentException if samples is below 1
     */
    public static Gradient of(double[] values, long samples, double loss) {
        return new Gradient(values, null, atLeastOne(samples), finite(loss), Map.of());
    }

    /**
     * A gradient with its loss.
     *
     * @param values d finite values; neither copied nor changed
     * @param samples as in {@link #of(double[], long, double)}
     * @param loss as in {@link #of(double[], long, double)}
     * @throws IllegalArgumentException if samples is below 1
     */
    public static Gradient of(float[] values, long samples, double loss) {
        return new Gradient(null, values, atLeastOne(samples), finite(loss), Map.of());
    }

    /**
     * Returns a result that skips the round, for lack of data, power or time. The device's earlier messages
     * stay in the sum.
     */
    public static Gradient skip() {
        return SKIP;
    }

    /**
     * Returns the same gradient with metrics measured during its computation, such as the accuracy of the batch.
     *
     * @param measured values by name. A name has 1 to 64 characters from {@code a-z 0-9 _ . -}. At most 32
     *     names, including those of the evaluation function, whose value of the same name is replaced. Values
     *     that are not finite are not reported
     * @throws IllegalStateException if this is {@link #skip}, which sends nothing
     */
    public Gradient withMetrics(Map<String, Double> measured) {
        if (isSkip()) {
            throw new IllegalStateException("a skipped round sends nothing, not even metrics");
        }
        return new Gradient(doubles, floats, samples, loss, Map.copyOf(measured));
    }

    /** Returns whether the device skips the round. */
    public boolean isSkip() {
        return this == SKIP;
    }

    /** Returns the number of samples over which the gradient is averaged. */
    public long samples() {
        return samples;
    }

    /** Returns the loss, or empty if no finite loss was given. */
    public OptionalDouble loss() {
        return loss;
    }

    /** Returns the metrics. */
    public Map<String, Double> metrics() {
        return metrics;
    }

    /** Returns the number of values. */
    public int dimension() {
        return floats != null ? floats.length : doubles().length;
    }

    /** Returns a value, {@code 0 <= j < d}. */
    public double get(int j) {
        return floats != null ? floats[j] : doubles()[j];
    }

    /** Returns the array of values if they are floats, else null; not copied. */
    public float @Nullable [] floats() {
        return floats;
    }

    /**
     * Returns the array of values, which are doubles; not copied.
     *
     * @throws IllegalStateException if they are floats
     */
    public double[] doubles() {
        if (doubles == null) {
            throw new IllegalStateException("the gradient has floats");
        }
        return doubles;
    }

    /** Returns the same gradient with its values as doubles, copied from floats. */
    public Gradient withDoubles() {
        if (floats == null) {
            return this;
        }
        double[] values = new double[floats.length];
        for (int j = 0; j < values.length; j++) {
            values[j] = floats[j];
        }
        return new Gradient(values, null, samples, loss, metrics);
    }

    private static long atLeastOne(long samples) {
        if (samples < 1) {
            throw new IllegalArgumentException(
                    "samples is " + samples + ", expected at least 1: return Gradient.skip() if there is no data");
        }
        return samples;
    }

    private static OptionalDouble finite(double loss) {
        return Double.isFinite(loss) ? OptionalDouble.of(loss) : OptionalDouble.empty();
    }
}
