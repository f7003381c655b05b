package io.evenkeel.core.robust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.Norm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NormClippingTest {

    /** A source of weighted vectors that records which vectors were requested. */
    private static final class Vectors implements MemberVectorSource {

        private final double[] weights;
        private final double[][] vectors;
        private final List<Integer> read = new ArrayList<>();

        Vectors(double[] weights, double[]... vectors) {
            this.weights = weights;
            this.vectors = vectors;
        }

        @Override
        public int count() {
            return weights.length;
        }

        @Override
        public double weight(int member) {
            return weights[member];
        }

        @Override
        public double norm(int member) {
            return Norm.l2(vectors[member]);
        }

        @Override
        public double[] vector(int member) {
            read.add(member);
            return vectors[member];
        }
    }

    @Test
    void onlyVectorsLongerThanTheBoundAreScaled() {
        assertThat(new NormClipping(2).factors(new double[] {1, 3, 2, 8, 0})).containsExactly(1, 1, 1, 0.5, 1);
    }

    @Test
    void clientsThatHaveSentNothingDoNotMakeTheBoundZero() {
        assertThat(new NormClipping(1).factors(new double[] {0, 0, 4, 0, 0, 2, 2, 0}))
                .containsExactly(1, 1, 0.5, 1, 1, 1, 1, 1);
    }

    @Test
    void zeroNormsAreNotScaled() {
        assertThat(new NormClipping(2).factors(new double[] {0, 0})).containsExactly(1, 1);
        assertThat(new NormClipping(2).factors(new double[0])).isEmpty();
    }

    @Test
    void addsTheBoundedVectorsWithTheirWeights() {
        Vectors vectors = new Vectors(
                new double[] {1, 2, 3, 1}, new double[] {3, 4}, new double[] {0, 0}, new double[] {6, 8}, new double[] {
                    5, 0
                });
        double[] sum = {7, 7};
        new NormClipping(1).sum(vectors, sum);
        assertThat(sum).containsExactly(3 + 1.5 * 6 + 5, 4 + 1.5 * 8);
        assertThat(vectors.read).as("a vector of norm 0 is not read").containsExactly(0, 2, 3);
    }

    /** An incremental sum would compute 1e90 + 1 - 1e90 = 0 instead of the honest clients' 1. */
    @Test
    void aHugeVectorDoesNotHideOthers() {
        double[] sum = new double[2];
        new NormClipping(2)
                .sum(
                        new Vectors(
                                new double[] {1, 1, 1}, new double[] {1, 1}, new double[] {1e90, 1e90}, new double[] {
                                    1, 1
                                }),
                        sum);
        assertThat(sum[0]).isCloseTo(4, within(1e-14));
    }

    @Property
    void aMinorityCannotRaiseTheBound(
            @ForAll @Size(min = 3, max = 9) List<@DoubleRange(min = 0.1, max = 10) Double> honest,
            @ForAll @DoubleRange(min = 0, max = 1e300) double hostile,
            @ForAll @IntRange(min = 1, max = 8) int count) {
        int attackers = Math.min(count, honest.size() - 1);
        double[] norms = new double[honest.size() + attackers];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = i < honest.size() ? honest.get(i) : hostile;
        }
        double[] factors = new NormClipping(2).factors(norms);
        double largest = honest.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        for (int i = 0; i < norms.length; i++) {
            assertThat(factors[i] * norms[i]).isLessThanOrEqualTo(2 * largest * (1 + 1e-15));
        }
        assertThat(Arrays.stream(factors)).allMatch(factor -> factor > 0 && factor <= 1);
    }

    @ParameterizedTest
    @CsvSource({"clip:2, clip:2", "clip:2.0, clip:2", "clip:1.25, clip:1.25", "clip:1e300, clip:1.0E300"})
    void hasOneTextForm(String text, String expected) {
        NormClipping clipping = NormClipping.parse(text);
        assertThat(clipping.text()).isEqualTo(expected);
        assertThat(NormClipping.parse(clipping.text())).isEqualTo(clipping);
    }

    @ParameterizedTest
    @ValueSource(strings = {"clip", "clip:", "clip:0.5", "clip:NaN", "clip:Infinity", "trim:0.1"})
    void anythingElseIsRefused(String text) {
        assertThatThrownBy(() -> NormClipping.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("robust");
    }
}
