package io.evenkeel.core.step;

import java.util.Arrays;

/**
 * The state of a step rule between rounds: a few numbers, and vectors of d values. The coordinator keeps it
 * with the model, so that a restart continues with the same bits.
 *
 * <p>Not thread-safe.
 */
public final class StepMemory {

    private double[] numbers;
    private final double[][] vectors;

    /**
     * @param numbers the numbers; not copied, and never changed
     * @param vectors the vectors, of d values each; not copied
     */
    public StepMemory(double[] numbers, double[]... vectors) {
        this.numbers = numbers;
        this.vectors = vectors;
    }

    /** Returns the memory of a rule that remembers nothing. */
    public static StepMemory none() {
        return new StepMemory(new double[0]);
    }

    /** Returns the nearest positive number that is finite and normal, so that it is safe as a divisor. */
    static double inRange(double value) {
        return Math.max(Double.MIN_NORMAL, Math.min(value, Double.MAX_VALUE));
    }

    /** Returns the number of numbers. */
    public int numberCount() {
        return numbers.length;
    }

    /** Returns a number. */
    double number(int index) {
        return numbers[index];
    }

    /** Returns a copy of the numbers. */
    public double[] numbers() {
        return numbers.clone();
    }

    /** Replaces the numbers; some rules remember more of them in one round than in another. */
    void setNumbers(double[] values) {
        if ((values.length == 0) != (numbers.length == 0)) {
            throw new IllegalArgumentException(
                    "the step rule remembers " + numbers.length + " numbers, but " + values.length + " were given");
        }
        numbers = values;
    }

    /** Returns the number of vectors. */
    public int vectorCount() {
        return vectors.length;
    }

    /** Returns a vector itself, d values. */
    public double[] vector(int index) {
        return vectors[index];
    }

    /** Returns whether every number and every value is finite. */
    public boolean isFinite() {
        return isFinite(numbers) && Arrays.stream(vectors).allMatch(StepMemory::isFinite);
    }

    private static boolean isFinite(double[] values) {
        double poison = 0;
        for (double value : values) {
            poison += 0 * value;
        }
        return poison == 0;
    }
}
