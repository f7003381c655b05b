package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepRuleTest {

    private static final TensorLayout TWO_TENSORS =
            TensorLayout.of(List.of(new Tensor("a", List.of(2)), new Tensor("b", List.of(1, 2))));

    private static double[] step(StepRule rule, double[] sum, double weight, double gamma) {
        double[] x = new double[sum.length];
        TensorLayout layout = sum.length == 4 ? TWO_TENSORS : TensorLayout.flat(sum.length);
        rule.scale(sum, weight, gamma, layout, 0).applyTo(x, sum, layout);
        return x;
    }

    @Test
    void thePlainStepIsGammaTimesTheWeightedMean() {
        assertThat(step(new PlainStep(), new double[] {2, -4}, 4, 0.5)).containsExactly(-0.25, 0.5);
    }

    @Test
    void theNormalizedStepHasLengthGammaForAnyWeights() {
        assertThat(step(new NormalizedStep(), new double[] {3, -4}, 7, 10)).containsExactly(-6, 8);
        assertThat(step(new NormalizedStep(), new double[] {3, -4}, 1, 10)).containsExactly(-6, 8);
    }

    @Test
    void theLayerwiseStepHasLengthGammaInEachTensor() {
        double[] x = step(new LayerwiseNormalizedStep(), new double[] {3e-9, 4e-9, 0, -8e9}, 2, 5);
        assertThat(x).containsExactly(new double[] {-3, -4, 0, 5}, within(1e-14));
    }

    @Test
    void aTensorWithoutDirectionDoesNotMove() {
        assertThat(step(new LayerwiseNormalizedStep(), new double[] {0, 0, 3, 4}, 1, 1))
                .containsExactly(new double[] {0, 0, -0.6, -0.8}, within(1e-15));
    }

    @Test
    void theAccumulatedNormGrowsByTheRootOfTheSquares() {
        TensorLayout layout = TensorLayout.flat(1);
        StepScale first = new AccumulatedNormStep().scale(new double[] {6}, 2, 1, layout, 0);
        assertThat(first.accumulated()).isEqualTo(3);
        StepScale second = new AccumulatedNormStep().scale(new double[] {8}, 2, 1, layout, first.accumulated());
        assertThat(second.accumulated()).isEqualTo(5);
        double[] x = {0};
        second.applyTo(x, new double[] {8}, layout);
        assertThat(x[0]).isCloseTo(-0.8, within(1e-15));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "normalized", "layerwise-normalized", "accumulated-norm"})
    void aZeroDirectionTakesNoStep(String text) {
        StepScale scale = StepRule.parse(text).scale(new double[4], 3, 1, TWO_TENSORS, 2.5);
        double[] x = {1, 2, 3, 4};
        assertThat(scale.applyTo(x, new double[4], TWO_TENSORS)).isTrue();
        assertThat(x).containsExactly(1, 2, 3, 4);
        assertThat(scale.isStationary()).isTrue();
        assertThat(scale.directionNorm()).isZero();
        assertThat(scale.accumulated()).isEqualTo(2.5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"normalized", "layerwise-normalized", "accumulated-norm"})
    void directionsOfAnyMagnitudeGiveStepsOfLengthGamma(String text) {
        for (double magnitude : new double[] {Double.MIN_VALUE, 1e-310, 1e-200, 1, 1e200, 1e307}) {
            double[] x = step(StepRule.parse(text), new double[] {magnitude}, 1, 3);
            assertThat(x[0]).as("magnitude %s", magnitude).isCloseTo(-3, within(1e-12));
        }
    }

    @Property
    void aNormalizedStepHasLengthGamma(
            @ForAll @Size(4) List<@DoubleRange(min = -1e6, max = 1e6) Double> direction,
            @ForAll @DoubleRange(min = 0.01, max = 1000) double gamma) {
        double[] sum = direction.stream().mapToDouble(Double::doubleValue).toArray();
        double length = Norm.l2(step(new NormalizedStep(), sum, 5, gamma));
        assertThat(length).isCloseTo(Norm.l2(sum) == 0 ? 0 : gamma, within(1e-12 * gamma));
    }

    @Test
    void aStepThatOverflowsIsReported() {
        double[] x = {-1e308, 0};
        double[] sum = {1e308, 1};
        TensorLayout layout = TensorLayout.flat(2);
        assertThat(new PlainStep().scale(sum, 1, 2, layout, 0).applyTo(x, sum, layout))
                .isFalse();
    }

    @Test
    void aScaleForOtherTensorsIsRefused() {
        StepScale scale = new StepScale(1, new double[] {1, 2, 3}, 1, 0);
        assertThatThrownBy(() -> scale.applyTo(new double[4], new double[4], TWO_TENSORS))
                .hasMessage("3 divisors for 2 tensors: expected 1 or one for each");
    }

    @Test
    void anUnknownRuleIsRefusedAndTheKnownOnesAreListed() {
        assertThatThrownBy(() -> StepRule.parse("adam"))
                .hasMessage(
                        "'adam' is not a step rule: expected one of plain, normalized, layerwise-normalized, accumulated-norm");
    }

    @Test
    void defaultsComeFromTheTheory() {
        assertThat(new PlainStep().defaultGamma(false)).isNull();
        assertThat(new NormalizedStep().defaultGamma(false)).isEqualTo(new Schedule.Horizon(1, 0.5));
        assertThat(new LayerwiseNormalizedStep().defaultGamma(true)).isEqualTo(new Schedule.Horizon(1, 0.75));
        assertThat(new AccumulatedNormStep().defaultGamma(true)).isEqualTo(new Schedule.Constant(1));
    }
}
