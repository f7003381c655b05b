package io.evenkeel.trial.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.result.TrajectoryPoint;
import io.evenkeel.trial.simulation.SmallTrials;
import io.evenkeel.trial.simulation.Trial;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleBiFunction;
import org.junit.jupiter.api.Test;

class VerdictTest {

    private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L);

    /**
     * Returns a trial of two arms with constructed trajectories: ||grad f|| by seed and round, and its square as the
     * loss.
     */
    private static Summary summary(
            ToDoubleBiFunction<Long, Integer> baseline, ToDoubleBiFunction<Long, Integer> arm, String... targets) {
        Experiment experiment = new ExperimentDraft(
                        SmallTrials.quadratic(3, null, null),
                        null,
                        null,
                        null,
                        null,
                        200,
                        SEEDS,
                        1,
                        List.of(targets),
                        null,
                        List.of(
                                ArmSettings.parse("ef21,gamma=0.1,compressor=top-k:1"),
                                ArmSettings.parse("ef21-norm,compressor=top-k:1")),
                        null)
                .complete();
        List<ArmRun> runs = new ArrayList<>();
        for (long seed : SEEDS) {
            runs.add(made(experiment.arms().get(0).name(), seed, k -> baseline.applyAsDouble(seed, k)));
            runs.add(made(experiment.arms().get(1).name(), seed, k -> arm.applyAsDouble(seed, k)));
        }
        return new Summarizer(experiment, new Trial(experiment).prepared(1), runs, Map.of(), Clock.systemUTC())
                .summary();
    }

    private static ArmRun made(String arm, long seed, IntToDoubleFunction norm) {
        List<TrajectoryPoint> points = new ArrayList<>();
        for (int k = 0; k <= 200; k++) {
            double g = norm.applyAsDouble(k);
            if (!Double.isFinite(g)) {
                return new ArmRun(arm, seed, new Outcome(Outcome.Kind.DIVERGED, k, "the loss is not finite"), points);
            }
            points.add(new TrajectoryPoint(k, g * g, g, Double.NaN, 100L * k, 50L * k, 0.07, g, Double.NaN, 0.01 * k));
        }
        return new ArmRun(arm, seed, new Outcome(Outcome.Kind.FINISHED, 200, ""), points);
    }

    private static double falling(double rate, long seed, int k) {
        return Math.exp(-rate * (1 + 0.02 * seed) * k);
    }

    @Test
    void isBetterIfTargetsAreReachedSoonerOnEverySeed() {
        Summary summary = summary((s, k) -> falling(0.03, s, k), (s, k) -> falling(0.09, s, k), "grad-norm:0.01");
        Comparison comparison = summary.comparisons().get(0);
        assertThat(comparison.verdict()).isEqualTo("better");
        assertThat(comparison.text()).startsWith("No worse loss (").contains("times fewer rounds to ‖∇f‖ < 0.01.");
        assertThat(comparison.tests().get(0).estimate()).isBetween(0.3, 0.36);
        assertThat(comparison.tests().get(0).pValue()).isLessThan(0.001);
    }

    @Test
    void isWorseBecauseFixedStepsOscillate() {
        Summary summary = summary(
                (s, k) -> falling(0.03, s, k),
                (s, k) -> Math.max(falling(0.03, s, k), k % 2 == 0 ? 0.05 : 0.06),
                "grad-norm:0.01");
        Comparison comparison = summary.comparisons().get(0);
        assertThat(comparison.verdict()).isEqualTo("worse");
        assertThat(comparison.text())
                .contains("no target that both reached")
                .contains("reached by ef21-norm-top-k-1 in 0 of 4 runs, by ef21-0.1-top-k-1 in 4 of 4")
                .contains("it circled at ||grad f|| = 0.05")
                .contains("gamma = 0.07");
    }

    @Test
    void oneSeedMoreOrLessAtATargetDecidesNothing() {
        Summary summary = summary(
                (s, k) -> Math.max(falling(0.1, s, k), 0.0095),
                (s, k) -> Math.max(falling(0.1, s, k), s == 4 ? 0.0105 : 0.0095),
                "grad-norm:0.01");
        Comparison comparison = summary.comparisons().get(0);
        assertThat(comparison.text()).contains("in 3 of 4 runs, by ef21-0.1-top-k-1 in 4 of 4");
        assertThat(comparison.verdict()).isEqualTo("undecided");
    }

    @Test
    void anArmThatNeedsFewerRoundsButMissesTheTargetWithASeedIsNotFaster() {
        Summary summary = summary(
                (s, k) -> falling(0.03, s, k),
                (s, k) -> s == 4 ? Math.max(falling(0.09, s, k), 0.0105) : falling(0.09, s, k),
                "grad-norm:0.01");
        Comparison.Ratio rounds = summary.comparisons().get(0).contrast().rounds();
        assertThat(rounds).extracting(Comparison.Ratio::sign).isEqualTo("unclear");
    }

    @Test
    void reportsShortStepsIfARunWasStillImproving() {
        Summary summary = summary((s, k) -> falling(0.03, s, k), (s, k) -> 1 - 0.001 * k, "grad-norm:0.01");
        assertThat(summary.comparisons().get(0).text()).contains("were too short: ");
    }

    @Test
    void reportsTheRoundOfADivergence() {
        Summary summary = summary(
                (s, k) -> falling(0.03, s, k),
                (s, k) -> s == 3 && k == 17 ? Double.NaN : falling(0.03, s, k),
                "grad-norm:0.01");
        Comparison comparison = summary.comparisons().get(0);
        assertThat(comparison.verdict()).isEqualTo("worse");
        assertThat(comparison.text()).contains("diverged in round 17 with seed 3 (the loss is not finite)");
        assertThat(summary.arms().get(1).stability().divergences()).isEqualTo(1);
        assertThat(summary.arms().get(1).runs().get(2).outcome()).isEqualTo("diverged");
    }

    @Test
    void reportsNoDifference() {
        Summary summary = summary((s, k) -> falling(0.03, s, k), (s, k) -> falling(0.0301, s, k), "grad-norm:0.01");
        assertThat(summary.comparisons().get(0).verdict()).isEqualTo("no-difference");
        assertThat(summary.comparisons().get(0).text()).contains("about the same bytes up and about the same rounds");
    }

    @Test
    void isUndecidedIfSeedsContradictEachOther() {
        Summary summary = summary(
                (s, k) -> falling(0.05, s, k), (s, k) -> falling(s % 2 == 0 ? 0.03 : 0.06, s, k), "grad-norm:0.1");
        assertThat(summary.comparisons().get(0).verdict()).isEqualTo("undecided");
        assertThat(summary.comparisons().get(0).text()).contains("no clear difference in rounds");
    }

    @Test
    void isMixedIfATargetIsReachedSoonerAndTheFinalLossIsHigher() {
        Summary summary = summary(
                (s, k) -> falling(0.03, s, k),
                (s, k) -> Math.max(falling(0.09, s, k), 0.15 + 0.01 * s),
                "grad-norm:0.2");
        Comparison comparison = summary.comparisons().get(0);
        assertThat(comparison.text()).contains("‖∇f‖ < 0.2: ef21-norm-top-k-1 after ");
        assertThat(comparison.verdict()).isEqualTo("mixed");
        assertThat(comparison.contrast().quality()).isEqualTo("worse");
    }

    @Test
    void treatsLossesAsEqualIfTheyDifferLittleComparedWithTheirReduction() {
        Summary summary =
                summary((s, k) -> falling(0.03, s, k), (s, k) -> Math.max(falling(0.09, s, k), 0.05), "grad-norm:0.2");
        assertThat(summary.comparisons().get(0).verdict()).isEqualTo("better");
    }

    @Test
    void isMixedIfTheFirstTargetIsReachedSoonerAndTheLastNever() {
        Summary summary = summary(
                (s, k) -> falling(0.03, s, k),
                (s, k) -> Math.max(falling(0.2, s, k), k % 2 == 0 ? 0.05 : 0.06),
                "grad-norm:0.1",
                "grad-norm:0.01");
        assertThat(summary.comparisons().get(0).verdict()).isEqualTo("mixed");
    }

    @Test
    void measuresStabilityAndProgress() {
        Summary summary = summary((s, k) -> k % 4 == 3 ? 2 : 1 + 0.0 * s, (s, k) -> falling(0.03, s, k));
        ArmSummary.Stability stability = summary.arms().get(0).stability();
        assertThat(stability.shareOfRises()).isEqualTo(0.25);
        assertThat(stability.largestRise()).isEqualTo(3);
        assertThat(stability.lastTenthSpread()).isEqualTo(3);
        double shed = 1 - Math.pow(falling(0.03, 2, 200), 2);
        assertThat(summary.arms().get(1).lossPerMegabyte().median())
                .isBetween(0.999 * shed / 0.02, 1.001 * shed / 0.02);
    }

    @Test
    void setsTargetsAtSharesOfTheBaselinesGain() {
        Summary summary = summary((s, k) -> falling(0.01, s, k), (s, k) -> falling(0.03, s, k));
        assertThat(summary.targets()).containsExactly("loss:50%", "loss:90%", "loss:99%");
        ArmSummary.Reach half = summary.arms().get(0).reaches().get(0);
        assertThat(half.value()).isBetween(0.5, 0.52);
        assertThat(half.reached()).isEqualTo(4);
        assertThat(summary.arms().get(1).reaches().get(0).rounds().median()).isBetween(10.0, 12.0);
    }
}
