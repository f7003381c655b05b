package io.evenkeel.client;

import java.util.OptionalDouble;

/** What a gradient function found. The array belongs to the device from then on. */
public final class Gradient {

    private static final Gradient SKIP = new Gradient(new double[0], 0, OptionalDouble.empty());

    private final double[] values;
    private final long samples;
    private final OptionalDouble loss;

    private Gradient(double[] values, long samples, OptionalDouble loss) {
        this.values = values;
        this.samples = samples;
        this.loss = loss;
    }

    /** A gradient over a single sample, with no loss to report. */
    public static Gradient of(double[] values) {
        return new Gradient(values, 1, OptionalDouble.empty());
    }

    /**
     * A gradient and what the run's curves are drawn from.
     *
     * @param values d finite values; not copied
     * @param samples how many samples it is the mean over, at least 1; weighs the loss and the metrics, not the gradient
     * @param loss the device's loss at the model; not reported if it is not finite
     * @throws IllegalArgumentException if there are less than 1 samples
     */
    public static Gradient of(double[] values, long samples, double loss) {
        if (samples < 1) {
            throw new IllegalArgumentException(
                    "samples is " + samples + ", expected at least 1: return Gradient.skip() if there is no data");
        }
        return new Gradient(values, samples, Double.isFinite(loss) ? OptionalDouble.of(loss) : OptionalDouble.empty());
    }

    /** Nothing to say this round: no data, no power, no time. The device's earlier messages keep their place in the sum. */
    public static Gradient skip() {
        return SKIP;
    }

    /** Tells whether the device sits this round out. */
    public boolean isSkip() {
        return this == SKIP;
    }

    /** Returns the values, live. */
    public double[] values() {
        return values;
    }

    /** Returns how many samples the gradient is the mean over. */
    public long samples() {
        return samples;
    }

    /** Returns the loss, if a finite one was given. */
    public OptionalDouble loss() {
        return loss;
    }
}
