package io.evenkeel.core.feedback;

import io.evenkeel.core.compress.Compressor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The device's half of error feedback: compresses gradients into messages, and keeps the part that compression dropped
 * to send it later.
 *
 * <p>{@link #stage} computes a message and changes nothing. {@link #commit} applies it to the state after the
 * coordinator has accepted it; a refused message is discarded. So the device's state always matches the
 * coordinator's sum. Not thread-safe.
 */
public sealed interface ErrorFeedback permits Ef21, Ef21Momentum, KeptModelMomentum, Ef14, NoFeedback {

    /** Returns the kind of error feedback. */
    FeedbackMethod method();

    /**
     * Returns the point at which the device computes its gradient for a model: the model itself, or with IGT an
     * extrapolation of it.
     *
     * @param model the round's model, d values; not changed
     * @param eta the round's momentum, in (0, 1]
     * @return the model's array or a new one
     */
    default double[] point(double[] model, double eta) {
        return model;
    }

    /**
     * Returns the model at which the device computes a second gradient, on the same sample as the first: with
     * STORM the model of its last accepted message. Not copied; null if the next message needs one gradient
     * only.
     */
    default double @Nullable [] secondPoint() {
        return null;
    }

    /**
     * Computes the message for a model and the gradients at {@link #point} and {@link #secondPoint}, without changing
     * the state. Works with every method.
     *
     * @param model the round's model, d finite values; the staged message may keep the array, so the caller must not
     *     change it
     * @param gradient the gradient at {@link #point}; the staged message owns the array until its commit, and may
     *     overwrite it
     * @param second the gradient at {@link #secondPoint} on the same sample, not kept; null if there is no such point
     * @param eta as in {@link #stage(double[], double, Compressor, long)}
     * @param compressor for d coordinates
     * @param seed the seed of a random compressor
     * @throws IllegalArgumentException if a value is not finite, an array does not have d values, or the second
     *     gradient is missing or unexpected
     */
    default Staged stage(
            double[] model,
            double[] gradient,
            double @Nullable [] second,
            double eta,
            Compressor compressor,
            long seed) {
        return stage(gradient, eta, compressor, seed);
    }

    /**
     * Computes the message for a gradient, without changing the state.
     *
     * @param gradient d finite values; the staged message owns the array until its commit, and may overwrite it
     * @param eta the round's momentum or, for EF14 with a decay, its beta, in (0, 1]; other methods ignore it
     * @param compressor for d coordinates
     * @param seed the seed of a random compressor
     * @throws IllegalArgumentException if a value is not finite, or the gradient does not have d values
     * @throws IllegalStateException if the method {@linkplain FeedbackMethod#keepsModel keeps the model}
     */
    Staged stage(double[] gradient, double eta, Compressor compressor, long seed);

    /**
     * Computes the message for a single-precision gradient without changing the gradient or the state. The same values
     * as doubles give the same message.
     *
     * @param gradient d finite values
     * @param eta as in {@link #stage(double[], double, Compressor, long)}
     * @param compressor for d coordinates
     * @param seed the seed of a random compressor
     * @throws IllegalArgumentException if a value is not finite, or the gradient does not have d values
     * @throws IllegalStateException if the method {@linkplain FeedbackMethod#keepsModel keeps the model}
     */
    Staged stage(float[] gradient, double eta, Compressor compressor, long seed);

    /** Applies a message that the coordinator has accepted to the state. */
    void commit(Staged staged);

    /**
     * Returns the state's arrays to save, d values each, not copied: {@code [g]} for EF21, {@code [g, m]} with momentum
     * and {@code [g, v, x]} with IGT and STORM ({@code [g]} before the first commit), {@code [e]} for EF14, none
     * without feedback.
     */
    List<double[]> vectors();

    /**
     * Returns g, this device's part of the coordinator's sum, not copied; null if the method's sum does not
     * persist.
     */
    default double @Nullable [] estimate() {
        return method().retainsSum() ? vectors().get(0) : null;
    }

    /**
     * Returns the state of a device that has sent nothing.
     *
     * @param dimension d, at least 1
     */
    static ErrorFeedback start(FeedbackMethod method, int dimension) {
        return restore(method, dimension, method == FeedbackMethod.NONE ? List.of() : List.of(new double[dimension]));
    }

    /**
     * Restores a state from the arrays of {@link #vectors}.
     *
     * @param vectors the method's vectors; not copied
     * @throws IllegalArgumentException if the number of vectors is wrong, or one does not have d values
     */
    static ErrorFeedback restore(FeedbackMethod method, int dimension, List<double[]> vectors) {
        for (double[] vector : vectors) {
            GradientChecks.requireLength(vector.length, dimension, "state vector");
        }
        int count = vectors.size();
        boolean fits = switch (method) {
            case EF21, EF14, EF14_DECAY -> count == 1;
            case EF21_MOMENTUM -> count == 1 || count == 2;
            case EF21_IGT, EF21_STORM -> count == 1 || count == 3;
            case NONE -> count == 0;
        };
        if (!fits) {
            throw new IllegalArgumentException(
                    count + " state vectors for " + method.text() + ": the state is of another method");
        }
        double[] second = count > 1 ? vectors.get(1) : null;
        double[] third = count > 2 ? vectors.get(2) : null;
        return switch (method) {
            case EF21 -> new Ef21(vectors.get(0));
            case EF21_MOMENTUM -> new Ef21Momentum(vectors.get(0), second);
            case EF21_IGT -> new Ef21Igt(vectors.get(0), second, third);
            case EF21_STORM -> new Ef21Storm(vectors.get(0), second, third);
            case EF14, EF14_DECAY -> new Ef14(vectors.get(0), method == FeedbackMethod.EF14_DECAY);
            case NONE -> new NoFeedback(dimension);
        };
    }

    /**
     * Returns the state after the coordinator has cleared its sum: g is zero, and the device's own estimates
     * stay. The vectors other than g are shared, so only one of the two states may be changed afterwards.
     *
     * @param dimension d
     */
    default ErrorFeedback withoutSum(int dimension) {
        if (!method().retainsSum()) {
            return this;
        }
        List<double[]> vectors = new ArrayList<>(vectors());
        vectors.set(0, new double[dimension]);
        return restore(method(), dimension, vectors);
    }
}
