package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlopeStepTest {

    private static ModelState state(double... x) {
        StepRule rule = new SlopeStep(0.01);
        return new ModelState(TensorLayout.flat(x.length), rule, x, new double[x.length], true, rule.start(x));
    }

    /** Returns the step size that the rule remembers. */
    private static double size(StepScale scale) {
        return 1 / scale.numbers()[0];
    }

    private static StepScale step(ModelState state, double slope) {
        return step(state, 1, slope);
    }

    private static StepScale step(ModelState state, double gamma, double slope) {
        return state.step(new StepInput(1, gamma, Double.NaN, MemberLosses.NONE, 0, slope, Double.NaN));
    }

    @Test
    void theFirstStepIsAShareOfTheModelsLength() {
        ModelState state = state(3, 4);
        state.sum()[1] = 1e9;
        step(state, Double.NaN);
        assertThat(state.x()[1]).isCloseTo(4 - 0.06, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 1, 1e6})
    void onAQuadraticTheStepBecomesTheInverseOfTheCurvature(double curvature) {
        ModelState state = state(1);
        double before = Double.NaN;
        for (int round = 0; round < 60 && Math.abs(state.x()[0]) > 1e-9; round++) {
            double x = state.x()[0];
            state.sum()[0] = curvature * x;
            StepScale scale = step(state, Math.signum(x - before) * curvature * x);
            before = x;
            assertThat(Math.abs(state.x()[0])).isLessThanOrEqualTo(Math.abs(x));
            assertThat(size(scale)).isLessThanOrEqualTo(1.0000001 / curvature);
        }
        assertThat(state.x()[0]).isCloseTo(0, within(1e-3));
    }

    @Test
    void theStepIsShorterTheFurtherTheModelRunsAheadOfTheDevices() {
        double[] factors = new double[3];
        for (int behind = 0; behind < factors.length; behind++) {
            ModelState state = state(1);
            state.sum()[0] = 1;
            step(state, Double.NaN);
            follow(state, 0.5, state.x()[0] - 0.5 * behind);
            factors[behind] = step(state, Double.NaN).factor();
        }
        assertThat(factors[1]).isEqualTo(factors[0] / 2);
        assertThat(factors[2]).isEqualTo(factors[0] / 3);
    }

    @Test
    void theCurvatureIsThatAlongTheDevicesWayHoweverFarTheStepWent() {
        ModelState state = state(1);
        for (int round = 0; round < 40; round++) {
            state.sum()[0] = 1;
            double change = round == 0 ? Double.NaN : 3 * 0.01;
            state.step(new StepInput(1, 1, Double.NaN, MemberLosses.NONE, 0, Double.NaN, change));
            follow(state, 0.01, state.x()[0]);
        }
        assertThat(state.memory().numbers()[0]).isCloseTo(3, within(1e-9));
    }

    /** Moves the devices' model by a distance to w. */
    private static void follow(ModelState state, double moved, double w) {
        double[] delta = {moved};
        state.followed(new CompressedVector(new Support.All(1), ValueCoding.FLOAT64, delta), new double[] {w});
    }

    @Test
    void gammaIsAMultipleOfTheInverseCurvature() {
        ModelState state = state(1);
        double before = Double.NaN;
        double size = 0;
        for (int round = 0; round < 60; round++) {
            double x = state.x()[0];
            state.sum()[0] = 7 * x;
            size = step(state, 0.25, Math.signum(x - before) * 7 * x).numbers()[1];
            before = x;
        }
        assertThat(size).isCloseTo(0.25 / 7, within(1e-9));
    }

    @Test
    void aStepBeyondTheMinimumIsFollowedByAShorterOne() {
        ModelState state = state(0);
        state.sum()[0] = 2;
        double first = size(step(state, Double.NaN));
        assertThat(size(step(state, -2))).as("no curvature").isCloseTo(5 * first, within(1e-12));
        assertThat(size(step(state, 0.02))).as("slightly beyond").isCloseTo(5 * first / 1.01, within(1e-12));
        assertThat(size(step(state, 1e300)))
                .as("far beyond: the ratio counts as -3")
                .isCloseTo(5 * first / 4.04, within(1e-12));
    }

    @Test
    void afterAStepBeyondTheMinimumTheNextIsNoLonger() {
        ModelState state = state(0);
        state.sum()[0] = 2;
        step(state, Double.NaN);
        assertThat(state.x()[0]).isCloseTo(-0.01, within(1e-15));
        state.sum()[0] = -1e6;
        step(state, 2e5);
        assertThat(state.x()[0]).isCloseTo(0, within(1e-15));
    }

    @Test
    void noStepIsMoreThanTwiceAsLongAsTheOneBefore() {
        ModelState state = state(0);
        state.sum()[0] = 2;
        step(state, Double.NaN);
        state.sum()[0] = 1e6;
        step(state, 0);
        assertThat(state.x()[0]).isCloseTo(-0.03, within(1e-15));
    }

    @Test
    void oneWrongSlopeIsForgottenInThreeRounds() {
        ModelState state = state(0);
        state.sum()[0] = 2;
        step(state, Double.NaN);
        double before = size(step(state, 0));
        step(state, 1e300);
        for (int round = 0; round < 2; round++) {
            step(state, -2);
        }
        assertThat(size(step(state, 0))).isGreaterThanOrEqualTo(before * 0.999);
    }

    @Test
    void aRoundWithoutASlopeLeavesTheSizeAsItIs() {
        ModelState state = state(0);
        state.sum()[0] = 2;
        double first = size(step(state, Double.NaN));
        state.sum()[0] = 1;
        assertThat(size(step(state, Double.NaN))).isEqualTo(first);
    }

    @Test
    void withoutASlopeNoStepIsLongerThanTheOneBefore() {
        ModelState state = state(0);
        state.sum()[0] = 2;
        step(state, Double.NaN);
        assertThat(state.x()[0]).isCloseTo(-0.01, within(1e-15));
        state.sum()[0] = 1e6;
        step(state, Double.NaN);
        assertThat(state.x()[0]).isCloseTo(-0.02, within(1e-15));
        state.sum()[0] = 1;
        step(state, Double.NaN);
        assertThat(state.x()[0]).isCloseTo(-0.025, within(1e-15));
        // The curvature depends on the length that was taken, not on the length that the step size implies.
        state.sum()[0] = 1e6;
        step(state, Double.NaN);
        assertThat(size(step(state, 0))).isCloseTo(0.005 / 1e6, within(1e-20));
    }

    @Test
    void lossesChangeNothing() {
        ModelState one = state(1, 2);
        ModelState other = state(1, 2);
        for (int round = 0; round < 20; round++) {
            for (ModelState state : Arrays.asList(one, other)) {
                Arrays.setAll(state.sum(), j -> state.x()[j]);
            }
            double loss = 400 * Math.pow(0.999, round);
            MemberLosses losses = new MemberLosses(new int[] {0}, new double[] {1}, new double[] {loss});
            one.step(new StepInput(1, 1, 0.7, MemberLosses.NONE, 0, -1.0 / (1 + round), Double.NaN));
            other.step(new StepInput(1, 1, loss, losses, 0, -1.0 / (1 + round), Double.NaN));
            assertThat(one.x()).containsExactly(other.x());
        }
    }

    @Test
    void theSlopeIsTheGradientAlongTheStep() {
        double[] gradient = {3, 5, -1};
        double[] x = {1, 2, 3};
        double[] before = {0, 2, 3};
        assertThat(Slopes.along(3, j -> gradient[j], j -> x[j], j -> before[j])).isEqualTo(3);
        assertThat(Slopes.along(3, j -> gradient[j], j -> x[j], j -> x[j])).isNaN();
    }

    @Test
    void weightsAreThoseOfTheMembers() {
        Slopes slopes = new Slopes();
        assertThat(slopes.mean()).isNaN();
        slopes.add(1, 3);
        slopes.add(2, 1);
        assertThat(slopes.mean()).isEqualTo(1.25);
    }

    @Test
    void onlyItsOwnNameRequestsSlopes() {
        assertThat(SlopeStep.isNamedIn("slope:0.5")).isTrue();
        assertThat(SlopeStep.isNamedIn("slope")).isTrue();
        assertThat(SlopeStep.isNamedIn("slopes")).isFalse();
        assertThat(SlopeStep.isNamedIn("upstream")).isFalse();
    }

    @Test
    void aChangeCountsInPlaceOfTheSlopeSinceItsMeanIsThatOfTheDevicesThatAnswer() {
        ModelState slopes = state(1);
        ModelState changes = state(1);
        double direction = 2;
        for (int round = 0; round < 5; round++) {
            slopes.sum()[0] = direction;
            changes.sum()[0] = direction;
            double slope = -0.25 * direction;
            step(slopes, slope);
            changes.step(new StepInput(1, 1, Double.NaN, MemberLosses.NONE, 0, 1e9, slope + direction));
            assertThat(changes.x()[0]).isCloseTo(slopes.x()[0], within(1e-12));
        }
    }
}
