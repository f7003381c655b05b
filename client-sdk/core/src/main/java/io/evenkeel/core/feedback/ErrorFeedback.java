package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.List;

/**
 * The device's half of error feedback: compresses gradients into messages, and keeps what compression dropped to send it later.
 *
 * <p>{@link #stage} computes a message and changes nothing. {@link #commit} applies it to the state after the coordinator has
 * accepted it; a refused message is discarded. So the device's state always matches the coordinator's sum. Not thread-safe.
 */
public sealed interface ErrorFeedback permits Ef21, Ef21Momentum, Ef14, NoFeedback {

    /** Returns the kind of error feedback. */
    FeedbackMethod method();

    /**
     * Computes the message for a gradient; the state stays as it is.
     *
     * @param gradient d finite values; the staged message takes ownership and may overwrite them
     * @param eta the round's momentum, in (0, 1]; methods without momentum pay no heed to it
     * @param compressor for d coordinates
     * @param seed what a compressor that draws at random draws from
     * @throws IllegalArgumentException if a gradient's value is not finite, or there are not d
     */
    Staged stage(double[] gradient, double eta, Compressor compressor, long seed);

    /**
     * Computes the message for a gradient of single precision without changing the gradient or the state. The same values as
     * doubles give the same message.
     *
     * @param gradient d finite values
     * @param eta as in {@link #stage(double[], double, Compressor, long)}
     * @param compressor for d coordinates
     * @param seed what a compressor that draws at random draws from
     * @throws IllegalArgumentException if a gradient's value is not finite, or there are not d
     */
    Staged stage(float[] gradient, double eta, Compressor compressor, long seed);

    /** Applies a message that the coordinator has accepted to the state. */
    void commit(Staged staged);

    /**
     * Returns the state's arrays, d values each, not copied, to be saved: {@code [g]} for EF21, {@code [g, m]} with momentum
     * ({@code [g]} before the first commit), {@code [e]} for EF14, none without feedback.
     */
    List<double[]> vectors();

    /**
     * Returns the state of a device that has sent nothing.
     *
     * @param dimension d, at least 1
     */
    static ErrorFeedback start(FeedbackMethod method, int dimension) {
        return switch (method) {
            case EF21 -> new Ef21(new double[dimension]);
            case EF21_MOMENTUM -> new Ef21Momentum(new double[dimension], null);
            case EF14 -> new Ef14(new double[dimension]);
            case NONE -> new NoFeedback(dimension);
        };
    }

    /**
     * Restores a state from what {@link #vectors} returned.
     *
     * @param vectors as many as the method has; not copied
     * @throws IllegalArgumentException if the number of vectors is wrong, or one does not have d values
     */
    static ErrorFeedback restore(FeedbackMethod method, int dimension, List<double[]> vectors) {
        for (double[] vector : vectors) {
            GradientChecks.requireLength(vector.length, dimension, "state vector");
        }
        boolean fits = switch (method) {
            case EF21, EF14 -> vectors.size() == 1;
            case EF21_MOMENTUM -> vectors.size() == 1 || vectors.size() == 2;
            case NONE -> vectors.isEmpty();
        };
        if (!fits) {
            throw new IllegalArgumentException(
                    vectors.size() + " state vectors for " + method.text() + ": the state is of another method");
        }
        return switch (method) {
            case EF21 -> new Ef21(vectors.get(0));
            case EF21_MOMENTUM -> new Ef21Momentum(vectors.get(0), vectors.size() > 1 ? vectors.get(1) : null);
            case EF14 -> new Ef14(vectors.get(0));
            case NONE -> new NoFeedback(dimension);
        };
    }
}
