package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScatterMeanTest {

    private static CompressedVector vector(int dimension, int[] indices, double... values) {
        return new CompressedVector(new Support.Listed(dimension, indices), ValueCoding.FLOAT64, values);
    }

    @Test
    void eachCoordinateIsTheWeightedMeanOfThoseThatSentIt() {
        double[] sum = new double[4];
        ScatterMean mean = new ScatterMean(4);
        add(vector(4, new int[] {0, 2}, 3, 0), 1, sum, mean);
        add(vector(4, new int[] {2}, 8), 3, sum, mean);
        add(vector(4, new int[] {0, 3}, 6, -5), 2, sum, mean);
        mean.scale(sum, 6);
        // S/W: coordinate 0 has weights 1 and 2, coordinate 2 has 1 (with an explicit zero) and 3, coordinate 3 has 2.
        assertThat(sum).containsExactly(6 * 5.0, 0, 6 * 6.0, 6 * -5.0);
    }

    @Test
    void aCoordinateThatAllSentKeepsItsBits() {
        double[] weights = {0.1, 0.2, 0.3, 1e-9};
        double[] sum = new double[3];
        ScatterMean mean = new ScatterMean(3);
        double weight = 0;
        for (double each : weights) {
            add(
                    new CompressedVector(new Support.All(3), ValueCoding.FLOAT64, new double[] {0.1, 1 / 3.0, 7}),
                    each,
                    sum,
                    mean);
            weight += each;
        }
        double[] before = sum.clone();
        mean.scale(sum, weight);
        assertThat(sum).isEqualTo(before);
    }

    private static void add(CompressedVector vector, double weight, double[] sum, ScatterMean mean) {
        vector.addTo(sum, weight);
        mean.add(vector.support(), weight);
    }
}
