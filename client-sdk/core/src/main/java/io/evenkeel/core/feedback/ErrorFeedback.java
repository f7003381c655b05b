package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.List;

/**
 * The device's half of error feedback: turns gradients into compressed messages and remembers what compression left out.
 *
 * <p>{@link #stage} computes a message and changes nothing. {@link #commit} accounts for it, once the coordinator is known to have
 * added it; a refused message is simply forgotten. So the device's memory and the coordinator's sum cannot come apart. Not
 * thread-safe.
 */
public sealed interface ErrorFeedback permits Ef21, Ef21Momentum, Ef14, NoFeedback {

    /** Returns which kind this is. */
    FeedbackMethod method();

    /**
     * Computes the message for a gradient; the state stays as it is.
     *
     * @param gradient d finite values; belongs to the staged message from then on, and may be overwritten
     * @param eta the round's momentum, in (0, 1]; methods without momentum pay no heed to it
     * @param compressor for d coordinates
     * @param seed what a compressor that draws at random draws from
     * @throws IllegalArgumentException if a gradient's value is not finite, or there are not d
     */
    Staged stage(double[] gradient, double eta, Compressor compressor, long seed);

    /**
     * Computes the message for a gradient of single precision, which is read and left alone; the state stays as it is. The message is
     * the one that the same values as doubles give.
     *
     * @param gradient d finite values
     * @param eta as in {@link #stage(double[], double, Compressor, long)}
     * @param compressor for d coordinates
     * @param seed what a compressor that draws at random draws from
     * @throws IllegalArgumentException if a gradient's value is not finite, or there are not d
     */
    Staged stage(float[] gradient, double eta, Compressor compressor, long seed);

    /** Accounts for a message that the coordinator has accepted. */
    void commit(Staged staged);

    /**
     * Returns the state's own arrays, d values each, for keeping: {@code [g]} for EF21, {@code [g, m]} with momentum ({@code [g]}
     * before the first commit), {@code [e]} for EF14, none without feedback.
     */
    List<double[]> vectors();

    /**
     * Starts with nothing sent yet.
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
     * Goes on from a state that {@link #vectors} gave.
     *
     * @param vectors as many as the method has; not copied
     * @throws IllegalArgumentException if there are too few or too many, or one has not d values
     */
    static ErrorFeedback restore(FeedbackMethod method, int dimension, List<double[]> vectors) {
        for (double[] vector : vectors) {
            Gradients.requireLength(vector.length, dimension, "state vector");
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
