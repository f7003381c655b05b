package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class SufficientDecreaseStepTest {

    private static ModelState state(double... x) {
        return ModelState.start(TensorLayout.flat(x.length), StepRule.parse("sufficient-decrease"), x, true);
    }

    private static double step(ModelState state, double g, double loss) {
        state.sum()[0] = 2 * g;
        double before = state.x()[0];
        state.step(new StepInput(2, 1, loss));
        return before - state.x()[0];
    }

    @Test
    void theFirstStepIsAShareOfThePolyakStep() {
        assertThat(step(state(1), 5, 20)).isCloseTo(0.4, within(1e-15));
    }

    @Test
    void withoutALossTheFirstStepIsAShareOfTheModelsNorm() {
        for (double loss : new double[] {Double.NaN, 0, -3}) {
            assertThat(step(state(4), 7, loss)).isCloseTo(0.005, within(1e-15));
        }
    }

    @Test
    void aDecreaseAboveHalfOfThePredictionLengthensTheNextStepAndOneBelowShortensIt() {
        // The first step predicts a decrease of 0.1 of the loss, as s ||g||^2 = 0.1 f.
        assertThat(longer(1 - 0.1)).isCloseTo(1 + 0.35 * 0.5, within(1e-12));
        assertThat(longer(1 - 0.05)).isCloseTo(1, within(1e-12));
        assertThat(longer(1)).isCloseTo(1 / (1 + 0.35 * 0.5), within(1e-12));
        assertThat(longer(1e6)).isCloseTo(1 / 1.35, within(1e-12));
    }

    private static double longer(double secondLoss) {
        ModelState state = state(0);
        double first = step(state, 1, 1);
        return step(state, 1, secondLoss) / first;
    }

    @Test
    void noStepIsMoreThanAQuarterLongerThanTheOneBefore() {
        ModelState state = state(0);
        double first = step(state, 1, 1);
        assertThat(step(state, 1e9, 0.9)).isCloseTo(1.25 * first, within(1e-15));
    }

    @Test
    void aRoundWithoutALossLeavesTheStepSize() {
        ModelState state = state(0);
        double first = step(state, 1, 1);
        assertThat(step(state, 1, Double.NaN)).isCloseTo(first, within(1e-15));
        // The loss before is not known, so nothing can be compared.
        assertThat(step(state, 1, 1e9)).isCloseTo(first, within(1e-15));
    }

    @Test
    void oneWildLossChangesTheStepSizeByTwoFactorsOnly() {
        ModelState state = state(0);
        ModelState undisturbed = state(0);
        double length = 0;
        double usual = 0;
        for (int round = 0; round < 30; round++) {
            double loss = Math.pow(0.95, round);
            usual = step(undisturbed, Math.sqrt(loss), loss);
            length = step(state, Math.sqrt(loss), round == 10 ? 1e300 : loss);
        }
        assertThat(length / usual).isBetween(0.5, 2.0);
    }

    @Property(tries = 50)
    void anotherUnitOfTheModelOrTheLossGivesTheSameBitsInThatUnit(
            @ForAll @IntRange(min = -60, max = 60) int lengthExponent,
            @ForAll @IntRange(min = -60, max = 60) int lossExponent,
            @ForAll @LongRange(min = 0, max = 1000) long seed) {
        // Powers of two change no digit.
        double length = Math.scalb(1.0, lengthExponent);
        double value = Math.scalb(1.0, lossExponent);
        ModelState state = state(new double[3]);
        ModelState scaled = state(new double[3]);
        SplitMix64 random = new SplitMix64(seed);
        for (int round = 0; round < 30; round++) {
            for (int j = 0; j < 3; j++) {
                double g = random.nextDouble() - 0.4;
                state.sum()[j] = g;
                scaled.sum()[j] = g * value / length;
            }
            double loss = random.nextDouble();
            state.step(new StepInput(3, 1, loss));
            scaled.step(new StepInput(3, 1, loss * value));
        }
        for (int j = 0; j < 3; j++) {
            assertThat(scaled.x()[j]).isEqualTo(state.x()[j] * length);
        }
    }

    @Property(tries = 50)
    void onAQuadraticTheStepSizeSettlesAtTheInverseCurvature(
            @ForAll @DoubleRange(min = -9, max = 9) double curvatureExponent,
            @ForAll @DoubleRange(min = -3, max = 3) double distanceExponent) {
        double curvature = Math.pow(10, curvatureExponent);
        double optimum = Math.pow(10, distanceExponent);
        ModelState state = state(0);
        double away = optimum;
        for (int round = 0; round < 60 && Math.abs(away) > 1e-9 * optimum; round++) {
            away = state.x()[0] - optimum;
            state.sum()[0] = curvature * away;
            state.step(new StepInput(1, 1, 0.5 * curvature * away * away));
        }
        assertThat(Math.abs(away)).isLessThan(1e-6 * optimum);
    }

    @Property(tries = 20)
    void aStepSizeFarTooLongOrTooShortIsCorrected(@ForAll @DoubleRange(min = -4, max = 4) double shareExponent) {
        ModelState state = ModelState.start(
                TensorLayout.flat(1), new SufficientDecreaseStep(Math.pow(10, shareExponent)), new double[] {3}, true);
        double x = 3;
        for (int round = 0; round < 300; round++) {
            x = state.x()[0];
            // log cosh: the gradient stays bounded, as in logistic regression.
            state.sum()[0] = Math.tanh(x);
            state.step(new StepInput(1, 1, Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.log(2)));
        }
        assertThat(Math.abs(x)).isLessThan(0.01);
    }
}
