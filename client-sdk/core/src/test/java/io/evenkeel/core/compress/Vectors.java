package io.evenkeel.core.compress;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** Generates vectors for property tests: ordinary, extreme and degenerate ones, all finite. */
final class Vectors {

    private Vectors() {}

    /** Numbers from 1 to {@code max}, small ones more often. */
    static Arbitrary<Integer> dimensions(int max) {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(1, 4), Arbitraries.integers().between(1, max));
    }

    static Arbitrary<double[]> any(int dimension) {
        return Arbitraries.oneOf(
                ordinary(dimension),
                each(dimension, anyDouble()),
                each(dimension, floatRange()),
                each(dimension, denormals()),
                each(dimension, nearOverflow()),
                each(dimension, Arbitraries.oneOf(anyDouble(), denormals(), nearOverflow(), Arbitraries.just(0.0))),
                degenerate(dimension));
    }

    private static Arbitrary<double[]> ordinary(int dimension) {
        return each(dimension, Arbitraries.doubles().between(-100, 100));
    }

    private static Arbitrary<double[]> degenerate(int dimension) {
        Arbitrary<Double> value = Arbitraries.oneOf(
                anyDouble(), Arbitraries.doubles().between(-2, 2), floatRange(), Arbitraries.just(0.0));
        Arbitrary<double[]> oneNonZero = value.flatMap(
                x -> Arbitraries.integers().between(0, dimension - 1).map(j -> {
                    double[] vector = new double[dimension];
                    vector[j] = x;
                    return vector;
                }));
        Arbitrary<double[]> allEqual = value.map(x -> {
            double[] vector = new double[dimension];
            Arrays.fill(vector, x);
            return vector;
        });
        Arbitrary<double[]> ties = each(dimension, Arbitraries.of(-2.0, -1.0, -0.0, 0.0, 1.0, 1.5, 2.0));
        return Arbitraries.oneOf(oneNonZero, allEqual, ties);
    }

    private static Arbitrary<double[]> each(int dimension, Arbitrary<Double> value) {
        return value.array(double[].class).ofSize(dimension);
    }

    /** Doubles with all exponents equally likely. */
    private static Arbitrary<Double> anyDouble() {
        return Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite);
    }

    private static Arbitrary<Double> floatRange() {
        return Arbitraries.integers()
                .map(bits -> Float.intBitsToFloat(bits) * (1 + 0x1.0p-30))
                .filter(Double::isFinite);
    }

    private static Arbitrary<Double> denormals() {
        return Arbitraries.longs().between(-(1L << 52), 1L << 52).map(n -> n * Double.MIN_VALUE);
    }

    private static Arbitrary<Double> nearOverflow() {
        return Arbitraries.of(1.0, 0.9, 0.76, 0.75, 0.7, 0.5, 0.4, -1.0, -0.8, -0.5)
                .map(x -> x * Double.MAX_VALUE);
    }
}
