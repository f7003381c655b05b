package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepRuleTest {

    private static final TensorLayout TWO_TENSORS =
            TensorLayout.of(List.of(new Tensor("a", List.of(2)), new Tensor("b", List.of(1, 2))));

    private static double[] step(StepRule rule, double[] sum, double weight, double gamma) {
        ModelState state = state(rule, new double[sum.length], sum);
        state.step(StepInput.of(weight, gamma));
        return state.x();
    }

    private static ModelState state(StepRule rule, double[] x, double[] sum) {
        TensorLayout layout = sum.length == 4 ? TWO_TENSORS : TensorLayout.flat(sum.length);
        return new ModelState(layout, rule, x, sum, true, rule.start(x));
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
        ModelState state = state(new AccumulatedNormStep(), new double[1], new double[] {6});
        assertThat(state.step(StepInput.of(2, 1)).numbers()).containsExactly(3);
        assertThat(state.x()[0]).isCloseTo(-1, within(1e-15));
        state.sum()[0] = 8;
        assertThat(state.step(StepInput.of(2, 1)).numbers()).containsExactly(5);
        assertThat(state.x()[0]).isCloseTo(-1.8, within(1e-15));
    }

    @ParameterizedTest
    @MethodSource("io.evenkeel.core.step.StepRule#all")
    void aZeroDirectionTakesNoStep(StepRule rule) {
        ModelState state = state(rule, new double[] {1, 2, 3, 4}, new double[] {5, 6, 7, 8});
        state.step(StepInput.of(3, 1));
        double[] x = state.x().clone();
        double[] numbers = state.memory().numbers();
        Arrays.fill(state.sum(), 0);
        StepScale scale = state.step(StepInput.of(3, 1));
        assertThat(state.x()).containsExactly(x);
        assertThat(scale.isStationary()).isTrue();
        assertThat(scale.directionNorm()).isZero();
        assertThat(state.memory().numbers()).containsExactly(numbers);
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
        ModelState state = state(new PlainStep(), x, sum);
        state.step(StepInput.of(1, 2));
        assertThat(state.isFinite()).isFalse();
    }

    @Test
    void aScaleForOtherTensorsIsRefused() {
        StepScale scale = new StepScale(1, new double[] {1, 2, 3}, 1, new double[0]);
        assertThatThrownBy(() -> scale.applyTo(new double[4], new double[4], TWO_TENSORS))
                .hasMessage("3 divisors for 2 tensors: expected 1 or one for each");
    }

    @Test
    void anUnknownRuleIsRefusedAndTheKnownOnesAreListed() {
        assertThatThrownBy(() -> StepRule.parse("adam"))
                .hasMessage("'adam' is not a step rule: expected one of "
                        + StepRule.all().stream().map(StepRule::name).collect(Collectors.joining(", ")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "distance-over-gradients:0.25",
                "sufficient-decrease:0.5",
                "muon:3",
                "fedavgm:0.5",
                "nesterov:0.5",
                "fedadam:0.8:0.95:1.0E-4",
                "fedyogi:0.9:0.99:0.001"
            })
    void textsAreParsedAgain(String text) {
        assertThat(StepRule.parse(text).text()).isEqualTo(text);
    }

    @Test
    void parametersLeftOutHaveTheirDefaults() {
        assertThat(StepRule.parse("fedadam").text()).isEqualTo("fedadam:0.9:0.99:0.001");
        assertThat(StepRule.parse("fedyogi:0.5").text()).isEqualTo("fedyogi:0.5:0.99:0.001");
        assertThat(StepRule.parse("fedavgm").text()).isEqualTo("fedavgm:0.9");
        assertThat(StepRule.parse("distance-over-gradients").text()).isEqualTo("distance-over-gradients:0.01");
    }

    @ParameterizedTest
    @CsvSource({
        "normalized:1,        at most 0",
        "fedavgm:1,           beta of fedavgm is 1.0",
        "nesterov:1,          beta of nesterov is 1.0",
        "fedavgm:0.9:0.9,     at most 1",
        "fedadam:-0.1,        beta1",
        "fedadam:0.9:NaN,     beta2",
        "fedyogi:0.9:0.99:0,  tau",
        "fedyogi:x,           parameter 1",
        "distance-over-gradients:Infinity, share",
        "sufficient-decrease:0, share"
    })
    void aParameterOutOfRangeIsRefusedAndNamed(String text, String named) {
        assertThatThrownBy(() -> StepRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void defaultsComeFromTheTheory() {
        assertThat(new PlainStep().defaultGamma(false)).isNull();
        assertThat(new NormalizedStep().defaultGamma(false)).isEqualTo(new Schedule.Horizon(1, 0.5));
        assertThat(new LayerwiseNormalizedStep().defaultGamma(true)).isEqualTo(new Schedule.Horizon(1, 0.75));
        assertThat(new AccumulatedNormStep().defaultGamma(true)).isEqualTo(new Schedule.Constant(1));
        assertThat(StepRule.parse("distance-over-gradients").defaultGamma(false))
                .isEqualTo(new Schedule.Constant(1));
        assertThat(StepRule.parse("fedavgm").defaultGamma(false)).isNull();
    }
}
