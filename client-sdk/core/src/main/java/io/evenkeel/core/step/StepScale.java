package io.evenkeel.core.step;

import io.evenkeel.core.vector.TensorLayout;

/**
 * One round's step as a recipe, {@code x_j <- x_j - factor * (S_j / divisor)} for most rules. Immutable.
 *
 * <p>Applied to the same x and S, it gives the same bits on the coordinator and on a device's replica.
 * Dividing before multiplying avoids overflow for directions of any magnitude, denormal ones included.
 */
public final class StepScale {

    private final double factor;
    private final double[] divisors;
    private final double directionNorm;
    private final double[] numbers;

    /**
     * @param factor the factor of the quotients, the step size gamma
     * @param divisors one for all coordinates, or one for each tensor; not copied
     * @param directionNorm ||g||
     * @param numbers the numbers that the rule remembers after the step; not copied
     */
    public StepScale(double factor, double[] divisors, double directionNorm, double[] numbers) {
        this.factor = factor;
        this.divisors = divisors;
        this.directionNorm = directionNorm;
        this.numbers = numbers;
    }

    static StepScale stationary(StepMemory memory) {
        return new StepScale(0, new double[] {1}, 0, memory.numbers());
    }

    /** Returns the factor of the quotients; 0 if no step is taken. */
    public double factor() {
        return factor;
    }

    /** Returns a round's step size for display: gamma times the rule's factor, gamma itself if no step is taken. */
    public double stepSize(double gamma) {
        return isStationary() ? gamma : factor;
    }

    /** Returns a copy of the divisors: one for all coordinates, or one for each tensor. */
    public double[] divisors() {
        return divisors.clone();
    }

    /** Returns ||g||. */
    public double directionNorm() {
        return directionNorm;
    }

    /** Returns a copy of the numbers that the rule remembers after the step. */
    public double[] numbers() {
        return numbers.clone();
    }

    /** Returns whether the direction was zero, so that no step is taken. */
    public boolean isStationary() {
        return directionNorm == 0;
    }

    /**
     * Takes the step, in ascending order of the coordinates.
     *
     * @param x d values, changed in place
     * @param sum S, d values
     * @param layout the tensors of the d values
     * @return whether every coordinate of x is still finite; if not, x is unusable and the caller must
     *     restore an earlier one
     * @throws IllegalArgumentException if there is neither one divisor nor one for each tensor
     */
    public boolean applyTo(double[] x, double[] sum, TensorLayout layout) {
        if (divisors.length != 1 && divisors.length != layout.size()) {
            throw new IllegalArgumentException(
                    divisors.length + " divisors for " + layout.size() + " tensors: expected 1 or one for each");
        }
        if (factor == 0) {
            return true;
        }
        boolean finite = true;
        for (int l = 0; l < divisors.length; l++) {
            int from = divisors.length == 1 ? 0 : layout.start(l);
            int to = divisors.length == 1 ? layout.dimension() : layout.end(l);
            finite &= apply(x, sum, divisors[l], from, to);
        }
        return finite;
    }

    private boolean apply(double[] x, double[] sum, double divisor, int from, int to) {
        // A non-finite x_j turns this into NaN, a finite one leaves it 0. So the loop needs no branch.
        double poison = 0;
        for (int j = from; j < to; j++) {
            double moved = x[j] - factor * (sum[j] / divisor);
            x[j] = moved;
            poison += 0 * moved;
        }
        return poison == 0;
    }
}
