package io.evenkeel.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class DistanceStepTest {

    private static ModelState state(double... x) {
        return ModelState.start(TensorLayout.flat(x.length), new DistanceStep(0.1), x, true);
    }

    private static void set(ModelState state, double... sum) {
        System.arraycopy(sum, 0, state.sum(), 0, sum.length);
    }

    @Test
    void theFirstStepIsAShareOfThePolyakStep() {
        ModelState state = state(1, 1);
        set(state, 6, 8);
        state.step(new StepInput(2, 1, 20));
        // ||g|| = 5 and f/||g|| = 4.
        assertThat(Norm.distance(state.x(), new double[] {1, 1})).isCloseTo(0.4, within(1e-15));
    }

    @Test
    void withoutALossTheFirstStepIsAShareOfTheModelsNorm() {
        for (double loss : new double[] {Double.NaN, 0, -3}) {
            ModelState state = state(3, 4);
            set(state, 0, 1);
            state.step(new StepInput(1, 1, loss));
            assertThat(state.x()).containsExactly(new double[] {3, 4 - 0.006}, within(1e-15));
        }
    }

    @Test
    void laterStepsAreAsLongAsTheFarthestDistanceOverTheAccumulatedNorm() {
        ModelState state = state(0);
        set(state, 3);
        state.step(new StepInput(1, 1, 90));
        assertThat(state.x()[0]).isCloseTo(-3, within(1e-15));
        set(state, 4);
        // The loss counts in the first round only.
        state.step(new StepInput(1, 1, 1e9));
        assertThat(state.x()[0]).isCloseTo(-3 - 3 * 4 / 5.0, within(1e-15));
        set(state, -12);
        state.step(new StepInput(1, 1, 0));
        assertThat(state.x()[0]).isCloseTo(-5.4 + 5.4 * 12 / 13, within(1e-14));
        set(state, 0.1);
        state.step(new StepInput(1, 1, 0));
        // The distance has shrunk, but the farthest distance has not.
        assertThat(state.memory().numbers()[1]).isCloseTo(5.4, within(1e-15));
    }

    @Test
    void aFirstRoundWithoutADirectionLeavesTheFirstStepToALaterRound() {
        ModelState state = state(0);
        state.step(new StepInput(1, 1, 7));
        set(state, 2);
        state.step(new StepInput(1, 1, 40));
        assertThat(state.x()[0]).isCloseTo(-2, within(1e-15));
    }

    @Test
    void theRadiusRestartsFromTheCurrentModelWhenMembersChange() {
        ModelState state = state(0);
        ModelState repeated = state(0);
        double[] models = new double[4];
        for (int round = 0; round < 4; round++) {
            double weight = round < 2 ? 1 : 2;
            set(state, 3 * weight);
            set(repeated, 3 * weight);
            models[round] = state.x()[0];
            StepScale scale = state.step(new StepInput(weight, 1, 90));
            repeated.repeat(new StepScale(scale.factor(), scale.divisors(), 0, scale.numbers()));
        }
        // The first length was 3. A member joined before round 2, and the accumulated norm covers three rounds.
        assertThat(models[3]).isCloseTo(models[2] - 3 / Math.sqrt(3), within(1e-14));
        // From then on the distance is measured from the model of round 2.
        assertThat(state.memory().numbers()[1]).isEqualTo(3);
        assertThat(state.memory().vector(0)).containsExactly(models[2]);
        assertThat(repeated.x()).containsExactly(state.x());
        assertThat(repeated.memory().vector(0)).containsExactly(models[2]);
    }

    @Property(tries = 50)
    void anotherUnitOfTheModelOrTheLossGivesTheSameTrajectoryInThatUnit(
            @ForAll @DoubleRange(min = -60, max = 60) double lengthExponent,
            @ForAll @DoubleRange(min = -60, max = 60) double lossExponent,
            @ForAll @LongRange(min = 0, max = 1000) long seed) {
        // Scaling by powers of two is exact, so the trajectories are equal in every bit.
        double length = Math.scalb(1.0, (int) lengthExponent);
        double value = Math.scalb(1.0, (int) lossExponent);
        ModelState state = state(new double[3]);
        ModelState scaled = state(new double[3]);
        SplitMix64 random = new SplitMix64(seed);
        for (int round = 0; round < 20; round++) {
            for (int j = 0; j < 3; j++) {
                double g = random.nextDouble() - 0.4;
                state.sum()[j] = g;
                scaled.sum()[j] = g * value / length;
            }
            state.step(new StepInput(3, 1, 0.7));
            scaled.step(new StepInput(3, 1, 0.7 * value));
        }
        for (int j = 0; j < 3; j++) {
            assertThat(scaled.x()[j]).isCloseTo(state.x()[j] * length, within(1e-12 * Math.abs(length)));
        }
    }

    @Property(tries = 30)
    void withoutTuningItReachesTheOptimumOfAQuadraticOfAnyCurvature(
            @ForAll @DoubleRange(min = -9, max = 9) double curvatureExponent,
            @ForAll @DoubleRange(min = -3, max = 3) double distanceExponent) {
        double curvature = Math.pow(10, curvatureExponent);
        double optimum = Math.pow(10, distanceExponent);
        ModelState state = state(0);
        for (int round = 0; round < 400; round++) {
            double away = state.x()[0] - optimum;
            set(state, curvature * away);
            state.step(new StepInput(1, 1, 0.5 * curvature * away * away));
        }
        assertThat(Math.abs(state.x()[0] - optimum)).isLessThan(0.01 * optimum);
    }
}
