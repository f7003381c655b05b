package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoordinatewiseStepTest {

    private static ModelState state(String rule, double... sum) {
        ModelState state =
                ModelState.start(TensorLayout.flat(sum.length), StepRule.parse(rule), new double[sum.length], true);
        System.arraycopy(sum, 0, state.sum(), 0, sum.length);
        return state;
    }

    @Test
    void momentumAddsUpAlongAConstantDirection() {
        ModelState state = state("fedavgm:0.5", 8);
        state.step(StepInput.of(4, 0.1));
        assertThat(state.x()[0]).isCloseTo(-0.2, within(1e-15));
        state.step(StepInput.of(4, 0.1));
        assertThat(state.x()[0]).isCloseTo(-0.5, within(1e-15));
        for (int round = 0; round < 60; round++) {
            state.step(StepInput.of(4, 0.1));
        }
        assertThat(state.memory().vector(0)[0])
                .isCloseTo(2 * StepRule.parse("fedavgm:0.5").gain(), within(1e-12));
    }

    /** PyTorch's SGD with momentum 0.5, nesterov and lr 0.1 along 2, 2, -4. */
    @Test
    void nesterovLooksAhead() {
        ModelState state = state("nesterov:0.5", 8);
        double x = 0;
        double momentum = 0;
        for (double g : new double[] {2, 2, -4}) {
            state.sum()[0] = 4 * g;
            state.step(StepInput.of(4, 0.1));
            momentum = 0.5 * momentum + g;
            x -= 0.1 * (g + 0.5 * momentum);
            assertThat(state.x()[0]).isEqualTo(x);
        }
    }

    @Test
    void adamDividesTheFirstMomentByTheRootOfTheSecond() {
        ModelState state = state("fedadam:0.9:0.99:0.1", 30, -0.3);
        state.step(StepInput.of(3, 0.5));
        for (int j = 0; j < 2; j++) {
            double g = j == 0 ? 10 : -0.1;
            double m = 0.1 * g;
            double v = 0.99 * 0.01 + 0.01 * g * g;
            assertThat(state.x()[j]).isCloseTo(-0.5 * m / (Math.sqrt(v) + 0.1), within(1e-12));
        }
    }

    @Test
    void yogiMovesTheSecondMomentByAFixedShareOfTheSquareEitherWay() {
        ModelState state = state("fedyogi:0:0.9:2", 3, 1, 2);
        state.step(StepInput.of(1, 1));
        assertThat(state.memory().vector(1)).containsExactly(new double[] {4 + 0.1 * 9, 4 - 0.1 * 1, 4}, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fedadam", "fedyogi"})
    void withSmallTauTheStepDoesNotDependOnTheUnitOfTheLoss(String name) {
        String rule = name + ":0.9:0.99:1e-30";
        ModelState state = state(rule, 0.5, -2, 3);
        ModelState scaled = state(rule, 0.5e6, -2e6, 3e6);
        for (int round = 0; round < 30; round++) {
            state.step(StepInput.of(2, 0.01));
            scaled.step(StepInput.of(2, 0.01));
        }
        assertThat(scaled.x()).containsExactly(state.x(), within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"fedavgm", "nesterov", "fedadam", "fedyogi"})
    void aStepRepeatedFromItsRecipeGivesTheSameBits(String rule) {
        ModelState state = state(rule, new double[40]);
        ModelState repeated = state(rule, new double[40]);
        SplitMix64 random = new SplitMix64(2);
        for (int round = 0; round < 30; round++) {
            for (int j = 0; j < 40; j++) {
                state.sum()[j] += random.nextDouble() - 0.5;
                repeated.sum()[j] = state.sum()[j];
            }
            StepScale scale = state.step(StepInput.of(7, 0.02));
            repeated.repeat(new StepScale(scale.factor(), scale.divisors(), 0, scale.numbers()));
        }
        assertThat(repeated.x()).containsExactly(state.x());
        for (int i = 0; i < state.memory().vectorCount(); i++) {
            assertThat(repeated.memory().vector(i))
                    .containsExactly(state.memory().vector(i));
        }
        assertThat(StepRule.parse(rule).isRepeatable()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"fedadam", "fedyogi"})
    void aSecondMomentThatOverflowsIsNotFinite(String rule) {
        ModelState state = state(rule, 1e200);
        state.step(StepInput.of(1, 1));
        assertThat(state.isFinite()).isFalse();
    }
}
