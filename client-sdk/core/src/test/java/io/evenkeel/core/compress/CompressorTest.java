package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class CompressorTest {

    private static Compressor compressor(String text, int dimension) {
        return CompressorSpec.parse(text).bind(TensorLayout.flat(dimension));
    }

    private static double[] values(CompressedVector message) {
        return IntStream.range(0, message.count()).mapToDouble(message::value).toArray();
    }

    @Test
    void topKSendsTheLargestMagnitudes() {
        CompressedVector message = compressor("top-k:2", 5).compress(new double[] {1, -5, 2, 0, 4}, null, 0);
        assertThat(message.toDense()).containsExactly(0, -5, 0, 0, 4);
        assertThat(message.support()).isInstanceOf(Support.Listed.class);
    }

    @Test
    void layerTopKSendsTheLargestMagnitudesOfEachTensor() {
        TensorLayout layout = TensorLayout.of(
                List.of(new Tensor("a", List.of(3)), new Tensor("b", List.of(1)), new Tensor("c", List.of(2))));
        Compressor compressor = CompressorSpec.parse("layer-top-k:1").bind(layout);
        assertThat(compressor
                        .compress(new double[] {8, -9, 7, 0, 0.1, 0.2}, null, 0)
                        .toDense())
                .containsExactly(0, -9, 0, 0, 0, 0.2f);
    }

    @Test
    void blockTopKSendsTheBlocksOfTheLargestNorm() {
        CompressedVector message =
                compressor("block-top-k:2:2", 7).compress(new double[] {3, 3, 4, 0, 1, 1, 5}, null, 0);
        assertThat(message.toDense()).containsExactly(3, 3, 0, 0, 0, 0, 5);
        assertThat(message.support()).isInstanceOf(Support.Blocks.class);
        assertThat(message.count()).isEqualTo(3);
    }

    @Test
    void blocksOfEqualNormGoToTheLowerOne() {
        assertThat(compressor("block-top-k:2:1", 6)
                        .compress(new double[] {1, 0, 0, -1, 1, 0}, null, 0)
                        .toDense())
                .containsExactly(1, 0, 0, 0, 0, 0);
    }

    @Test
    void blockNormsNeitherOverflowNorUnderflow() {
        double huge = 1.7e308;
        assertThat(compressor("block-top-k:2:1+float64", 6)
                        .compress(new double[] {huge, huge / 8, huge, huge, huge, huge / 4}, null, 0)
                        .toDense())
                .containsExactly(0, 0, huge, huge, 0, 0);
        double tiny = Double.MIN_VALUE;
        assertThat(compressor("block-top-k:2:1+float64", 4)
                        .compress(new double[] {3 * tiny, tiny, tiny, 4 * tiny}, null, 0)
                        .toDense())
                .containsExactly(0, 0, tiny, 4 * tiny);
    }

    @Test
    void blocksKeepTheirZerosButBlocksOfZerosAreLeftOut() {
        CompressedVector message = compressor("block-top-k:2:2", 6).compress(new double[] {0, 0, 0, 0, 0, 9}, null, 0);
        assertThat(values(message)).containsExactly(0, 9);
        assertThat(message.index(0)).isEqualTo(4);
    }

    @Test
    void randKSendsTheCoordinatesOfItsSeedUnscaled() {
        double[] u = {1, 2, 3, 0, 5, 6, 7, 8};
        CompressedVector message = compressor("rand-k:4", 8).compress(u, null, 99);
        Support expected = new Support.Seeded(8, 4, 99);
        assertThat(message.support()).isInstanceOf(Support.Seeded.class);
        assertThat(SupportTest.indices(message.support())).containsExactly(SupportTest.indices(expected));
        for (int j = 0; j < 4; j++) {
            assertThat(message.value(j)).isEqualTo(u[expected.index(j)]);
        }
    }

    @Test
    void thresholdSendsMagnitudesOfAtLeastLambda() {
        Compressor compressor = compressor("threshold:2", 5);
        assertThat(compressor
                        .compress(new double[] {2, -1.999, -2, 0, 1e9}, null, 0)
                        .toDense())
                .containsExactly(2, 0, -2, 0, 1e9f);
        assertThat(compressor.compress(new double[5], null, 0).count()).isZero();
        assertThat(compressor.alpha()).isEmpty();
    }

    @Test
    void identitySendsAllCoordinates() {
        CompressedVector message = compressor("identity+float64", 3).compress(new double[] {0, -1, 2}, null, 0);
        assertThat(message.support()).isEqualTo(new Support.All(3));
        assertThat(values(message)).containsExactly(0, -1, 2);
    }

    @Test
    void signOfASparseMessageScalesByTheMeanOfTheSentValues() {
        assertThat(compressor("top-k:3+sign", 6)
                        .compress(new double[] {0, -4, 0, 2, 0, 0}, null, 0)
                        .toDense())
                .as("the zeros that would fill up K do not count")
                .containsExactly(0, -3, 0, 3, 0, 0);
    }

    @Test
    void leavesOutListedValuesThatRoundToZero() {
        CompressedVector message = compressor("top-k:3", 4).compress(new double[] {1e-60, 2, -1e-50, 0}, null, 0);
        assertThat(message.count()).isEqualTo(1);
        assertThat(message.index(0)).isEqualTo(1);
        assertThat(compressor("threshold:1e-99", 2)
                        .compress(new double[] {1e-60, -1e-60}, null, 0)
                        .count())
                .isZero();
    }

    @Test
    void aDifferenceBeyondDoublesCountsAsTheLargestDouble() {
        double[] u = {1e308, -1.5e308, 3};
        double[] minus = {-1e308, 1.5e308, 1};
        assertThat(compressor("identity+float64", 3).compress(u, minus, 0).toDense())
                .containsExactly(Double.MAX_VALUE, -Double.MAX_VALUE, 2);
        assertThat(compressor("top-k:1", 3).compress(u, minus, 0).toDense()).containsExactly(Float.MAX_VALUE, 0, 0);
    }

    @Test
    void refusesArraysOfAnotherLength() {
        Compressor compressor = compressor("top-k:1", 3);
        assertThatThrownBy(() -> compressor.compress(new double[2], null, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("u has 2 values, but the model of compressor 'top-k:1' has 3: give one value for each");
        assertThatThrownBy(() -> compressor.compress(new double[3], new double[4], 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("minus has 4 values, but the model of compressor 'top-k:1' has 3");
    }

    @Test
    void refusesToSendNaN() {
        assertThatThrownBy(() -> compressor("top-k:1", 3).compress(new double[] {1, Double.NaN, 2}, null, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the value at coordinate 1 is NaN");
    }

    @Test
    void returnsItsSpecAndItsDimension() {
        Compressor compressor = compressor("natural", 3);
        assertThat(compressor.spec()).isEqualTo(CompressorSpec.parse("identity+natural"));
        assertThat(compressor.dimension()).isEqualTo(3);
        assertThat(compressor).hasToString("identity+natural of 3");
    }

    @Property
    void isDeterministicAndSendsAtMostMaxCountValues(@ForAll("trials") CompressionCase trial) {
        CompressedVector message = trial.ofDifference();
        CompressedVector again = trial.ofDifference();
        assertThat(SupportTest.indices(again.support())).containsExactly(SupportTest.indices(message.support()));
        assertThat(values(again)).containsExactly(values(message));
        assertThat(message.count()).isLessThanOrEqualTo(trial.compressor().maxCount());
        assertThat(trial.compressor().maxCount()).isBetween(1, trial.u().length);
    }

    @Property
    void roundingSentValuesAgainChangesNoBit(@ForAll("trials") CompressionCase trial) {
        double[] values = values(trial.ofDifference());
        double[] roundedAgain = values.clone();
        trial.compressor().spec().coding().round(roundedAgain);
        assertThat(roundedAgain).isEqualTo(values);
    }

    @Property
    void listsNoZeros(@ForAll("trials") CompressionCase trial) {
        CompressedVector message = trial.ofDifference();
        if (message.support() instanceof Support.Listed) {
            assertThat(values(message)).doesNotContain(0.0, -0.0);
        }
    }

    @Property
    void compressesADifferenceLikeAVectorWithoutChangingItsArrays(@ForAll("trials") CompressionCase trial) {
        double[] u = trial.u().clone();
        double[] minus = trial.minus().clone();
        double[] difference = IntStream.range(0, u.length)
                .mapToDouble(j -> Math.max(-Double.MAX_VALUE, Math.min(Double.MAX_VALUE, u[j] - minus[j])))
                .toArray();
        CompressedVector message = trial.ofDifference();
        CompressedVector direct = trial.compressor().compress(difference, null, trial.seed());
        assertThat(SupportTest.indices(message.support())).containsExactly(SupportTest.indices(direct.support()));
        assertThat(values(message)).containsExactly(values(direct));
        assertThat(Arrays.equals(u, trial.u()) && Arrays.equals(minus, trial.minus()))
                .isTrue();
    }

    @Provide
    Arbitrary<CompressionCase> trials() {
        return CompressionCase.of(24, Specs::any);
    }
}
