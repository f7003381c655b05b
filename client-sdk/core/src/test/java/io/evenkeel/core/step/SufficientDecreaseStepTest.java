package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.stream.IntStream;
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
        assertThat(longer(1 - 0.1)).isCloseTo(1 + 0.5 * 0.5, within(1e-12));
        assertThat(longer(1 - 0.05)).isCloseTo(1, within(1e-12));
        assertThat(longer(1)).isCloseTo(1 / (1 + 0.5 * 0.5), within(1e-12));
        assertThat(longer(1e6)).isCloseTo(1 / 1.5, within(1e-12));
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
    void aSizeThatNoStepHasDoesNotGrow() {
        ModelState state = state(0);
        double loss = 1;
        step(state, 1, loss);
        double size = state.memory().numbers()[0];
        for (int round = 0; round < 10; round++) {
            // The loss falls as predicted, but the steps are far shorter than the step size times the long direction.
            loss -= state.memory().numbers()[3];
            step(state, 1e6, loss);
        }
        // The first decrease came from a step of this size.
        assertThat(state.memory().numbers()[0]).isEqualTo(size);
    }

    @Test
    void aRoundWithoutALossLeavesTheStepSize() {
        ModelState state = state(0);
        double first = step(state, 1, 1);
        assertThat(step(state, 1, Double.NaN)).isCloseTo(first, within(1e-15));
        // The previous loss is unknown, so nothing can be compared.
        assertThat(step(state, 1, 1e9)).isCloseTo(first, within(1e-15));
    }

    @Test
    void oneOutlierChangesTheStepSizeByOnlyTwoFactors() {
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

    private static double step(ModelState state, double g, double left, double... losses) {
        double[] weights = new double[losses.length];
        Arrays.fill(weights, 1);
        MemberLosses members =
                new MemberLosses(IntStream.range(0, losses.length).toArray(), weights, losses);
        double weight = losses.length;
        state.sum()[0] = weight * g;
        double before = state.x()[0];
        state.step(new StepInput(weight, 1, members.mean(), members, left));
        return before - state.x()[0];
    }

    @Test
    void lossesAreComparedOverTheMembersThatReportInBothRounds() {
        ModelState state = state(0);
        ModelState all = state(0);
        double first = step(state, 1, 0, 1, 1, 1, 1);
        step(all, 1, 0, 1, 1, 1, 1);
        // The fourth member reports no loss, and the losses of the others fall as predicted: by 0.1 of the
        // loss.
        MemberLosses three =
                new MemberLosses(new int[] {0, 1, 2}, new double[] {1, 1, 1}, new double[] {0.9, 0.9, 0.9});
        state.sum()[0] = 4;
        double before = state.x()[0];
        state.step(new StepInput(4, 1, 77, three, 0));
        assertThat(before - state.x()[0]).isCloseTo(1.25 * first, within(1e-12));
        assertThat(before - state.x()[0]).isCloseTo(step(all, 1, 0, 0.9, 0.9, 0.9, 0.9), within(1e-12));
    }

    @Test
    void changesBelowRoundingLeaveTheStepSize() {
        ModelState state = state(0);
        step(state, 1, 0, 1, 1);
        for (int round = 0; round < 100; round++) {
            // The direction is as small as at an optimum, and so are the predictions of its steps.
            step(state, 1e-9, 0, 0.5, 0.5 + (round % 3) * 1e-14);
        }
        double converged = state.memory().number(0);
        for (int round = 0; round < 100; round++) {
            step(state, 1e-9, 0, 0.5, 0.5 + (round % 3) * 1e-14);
        }
        assertThat(state.memory().number(0)).isEqualTo(converged);
    }

    /** Descends along a flat valley, where increasingly long steps pay off. */
    private static ModelState inAFlatValley(int members, double[] firstSize) {
        ModelState state = state(0);
        double loss = 1;
        double predicted = 0;
        for (int round = 0; round < 40; round++) {
            loss -= predicted;
            double[] losses = new double[members];
            Arrays.fill(losses, loss);
            predicted = 0.001 * step(state, 0.001, 0, losses);
            if (round == 0) {
                firstSize[0] = state.memory().number(0);
            }
        }
        assertThat(state.memory().number(0)).isGreaterThan(1000 * firstSize[0]);
        return state;
    }

    @Property(tries = 20)
    void membersThatJoinOrLeaveReduceTheStepSizeByTheirShare(@ForAll @IntRange(min = 2, max = 200) int members) {
        double[] first = new double[1];
        ModelState joined = inAFlatValley(members, first);
        step(joined, 5, 0, new double[members + 1]);
        assertThat(joined.memory().number(0)).isLessThanOrEqualTo(first[0] * (members + 1) * (1 + 1e-12));
        ModelState left = inAFlatValley(members, first);
        step(left, 5, 1, new double[members - 1]);
        assertThat(left.memory().number(0)).isLessThanOrEqualTo(first[0] * Math.max(1, members - 1) * (1 + 1e-12));
        ModelState swapped = inAFlatValley(members, first);
        step(swapped, 5, 1, new double[members]);
        assertThat(swapped.memory().number(0)).isLessThanOrEqualTo(first[0] * members / 2 * (1 + 1e-12));
    }

    @Test
    void aSizeThatIsFarTooLongIsUsedOnce() {
        double[] first = new double[1];
        ModelState state = inAFlatValley(3, first);
        step(state, 1, 0, 5, 5, 5);
        assertThat(state.memory().number(0)).isLessThanOrEqualTo(first[0]);
    }

    @Test
    void theWeightsOfRoundsParticipantsSayNothingAboutMembers() {
        ModelState state = state(0);
        state.sum()[0] = 5;
        state.step(new StepInput(5, 1, 1, MemberLosses.NONE, Double.NaN));
        double size = state.memory().number(0);
        state.sum()[0] = 1;
        state.step(new StepInput(1, 1, 0.9, MemberLosses.NONE, Double.NaN));
        assertThat(state.memory().number(0)).isGreaterThan(size);
    }

    @Property(tries = 50)
    void anotherUnitOfTheModelOrTheLossGivesTheSameBitsInThatUnit(
            @ForAll @IntRange(min = -60, max = 60) int lengthExponent,
            @ForAll @IntRange(min = -60, max = 60) int lossExponent,
            @ForAll @LongRange(min = 0, max = 1000) long seed) {
        // Scaling by powers of two is exact.
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
