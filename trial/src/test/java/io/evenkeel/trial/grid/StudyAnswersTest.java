package io.evenkeel.trial.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.grid.Contest.Result;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StudyAnswersTest {

    private static final int ROUNDS = 100;

    /** Returns runs, one per seed, whose losses fall linearly from 1 to a final value. */
    private static Side side(String arm, boolean atEnd, int rounds, double metric, double... ends) {
        List<ArmRun> runs = new ArrayList<>();
        for (int s = 0; s < ends.length; s++) {
            double end = ends[s];
            List<TrajectoryPoint> points = IntStream.rangeClosed(0, ROUNDS)
                    .mapToObj(k -> new TrajectoryPoint(
                            k,
                            1 - (1 - end) * Math.min(1, (double) k / rounds),
                            1,
                            metric,
                            k,
                            k,
                            0.5,
                            3,
                            Double.NaN,
                            k))
                    .toList();
            runs.add(new ArmRun(arm, s, new Outcome(Outcome.Kind.FINISHED, ROUNDS, ""), points));
        }
        return new Side(arm, "1", atEnd, runs);
    }

    private static Side side(String arm, int rounds, double... ends) {
        return side(arm, false, rounds, Double.NaN, ends);
    }

    private static Side diverged(String arm, int seeds) {
        List<ArmRun> runs = IntStream.range(0, seeds)
                .mapToObj(s -> new ArmRun(arm, s, new Outcome(Outcome.Kind.DIVERGED, 3, "too large"), List.of()))
                .toList();
        return new Side(arm, "64", false, runs);
    }

    private static Contest contest(Side mine, Side theirs) {
        return new Place("0.3", List.of(theirs), List.of(mine)).contest(mine.arm());
    }

    @Test
    void differencesBelowTheThresholdAreIgnored() {
        assertThat(contest(side("norm", 50, 0.195), side("plain", 52, 0.2)).result())
                .isEqualTo(Result.SAME);
        assertThat(contest(side("norm", 50, 0.1), side("plain", 50, 0.2)).result())
                .isEqualTo(Result.BETTER);
        assertThat(contest(side("norm", 50, 0.2), side("plain", 50, 0.1)).result())
                .isEqualTo(Result.WORSE);
    }

    @Test
    void roundsDecideIfQualityDoesNotDiffer() {
        Contest faster = contest(side("norm", 20, 0.2), side("plain", 80, 0.2));
        assertThat(faster.result()).isEqualTo(Result.BETTER);
        assertThat(faster.figures()).startsWith("19 rounds against 73, final loss 0.2 against 0.2");
        assertThat(faster.target().value())
                .as("nine tenths of the way from 1 to 0.2")
                .isCloseTo(0.28, within(1e-12));
    }

    @Test
    void accuracyDecidesBeforeLossAndRounds() {
        Contest contest = contest(side("norm", false, 80, 0.91, 0.3), side("plain", false, 20, 0.90, 0.2));
        assertThat(contest.result()).isEqualTo(Result.BETTER);
        assertThat(contest.figures()).contains("accuracy 91 % against 90 %");
    }

    @Test
    void contradictingSeedsAreInconclusive() {
        assertThat(contest(side("norm", 50, 0.1, 0.1, 0.3), side("plain", 50, 0.2, 0.2, 0.2))
                        .result())
                .isEqualTo(Result.UNDECIDED);
        assertThat(contest(side("norm", 50, 0.10, 0.11, 0.12), side("plain", 50, 0.2, 0.2, 0.2))
                        .result())
                .isEqualTo(Result.BETTER);
    }

    @Test
    void aMethodWhoseBestStepIsAtTheEndOfTheGridIsNotCalledWorse() {
        assertThat(contest(side("norm", 50, 0.1), side("plain", true, 50, Double.NaN, 0.2))
                        .result())
                .isEqualTo(Result.OPEN);
        assertThat(contest(side("norm", true, 50, Double.NaN, 0.1), side("plain", 50, 0.2))
                        .result())
                .as("the better one may end there")
                .isEqualTo(Result.BETTER);
    }

    @Test
    void aMethodThatAlwaysDivergesHurts() {
        Contest contest = contest(diverged("norm", 3), side("plain", 50, 0.2, 0.2, 0.2));
        assertThat(contest.result()).isEqualTo(Result.WORSE);
        assertThat(contest.figures()).isEqualTo("never rounds against 46, it diverged at every step");
    }

    @Test
    void aGainThatGrowsTowardsTheHardEndIsATrend() {
        Contest hard = contest(side("norm", 20, 0.2), side("plain", 80, 0.2));
        Contest easy = contest(side("norm", 50, 0.2), side("plain", 60, 0.2));
        assertThat(new Trend(hard, easy).result()).isEqualTo(Result.BETTER);
        assertThat(new Trend(easy, hard).result()).isEqualTo(Result.WORSE);
        assertThat(new Trend(hard, hard).result()).isEqualTo(Result.SAME);
    }

    @Test
    void stepsAreLongerIfTheyMoveTheModelFartherAndEndAsWell() {
        ArmSettings plain = ArmSettings.parse("ef21");
        ArmSettings normalized = ArmSettings.parse("ef21-norm");
        Side good = side("any", 50, 0.2);
        Side bad = side("any", 50, 0.9);
        StepRange plainRange = new StepRange(plain, List.of(bad, good, bad), good, 0.8);
        StepRange normalizedRange = new StepRange(normalized, List.of(bad, good, diverged("any", 1)), good, 0.8);
        assertThat(plainRange.longest().orElseThrow())
                .as("gamma times the direction")
                .isEqualTo(1.5);
        assertThat(normalizedRange.longest().orElseThrow()).as("gamma").isEqualTo(0.5);
        assertThat(normalizedRange.against(plainRange)).isEqualTo(Result.WORSE);
        assertThat(plainRange.against(normalizedRange)).isEqualTo(Result.BETTER);
        assertThat(normalizedRange.sentence()).contains("at 1 times its own step", "diverges at 64 times");
        StepRange never = new StepRange(normalized, List.of(bad, bad), good, 0.8);
        assertThat(never.against(plainRange)).isEqualTo(Result.WORSE);
        assertThat(never.sentence()).isEqualTo("ef21-norm ends as well as the best at no step size of the grid.");
    }

    @Test
    void aRangeThatReachesTheGridsEndIsOpen() {
        Side good = side("any", 50, 0.2);
        StepRange open = new StepRange(ArmSettings.parse("ef21-norm"), List.of(good, good), good, 0.8);
        StepRange closed = new StepRange(ArmSettings.parse("ef21"), List.of(good, side("any", 50, 0.9)), good, 0.8);
        assertThat(open.against(closed)).isEqualTo(Result.UNDECIDED);
    }

    private static ExperimentDraft draft(Map<String, String> settings) {
        ExperimentDraft draft =
                new ExperimentDraft(null, null, null, null, null, null, null, null, null, null, null, null);
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            draft = ExperimentFile.with(draft, setting.getKey(), setting.getValue());
        }
        return draft;
    }

    @Test
    void sweepsAreThoseThatMakeSenseForTheData() {
        assertThat(StudyPlan.of(draft(Map.of()), false).sweeps()).containsOnlyKeys(Topic.values());
        Map<Topic, SweepPlan> formula =
                StudyPlan.of(draft(Map.of("data.source", "quadratic")), true).sweeps();
        assertThat(formula).containsOnlyKeys(Topic.STEP, Topic.COMPRESSION, Topic.HETEROGENEITY);
        assertThat(formula)
                .as("the hardest first; a quick study has the ends alone")
                .hasEntrySatisfying(
                        Topic.HETEROGENEITY,
                        sweep -> assertThat(sweep.axes().get(1).values()).containsExactly("4", "0"));
    }

    @Test
    void aStudyNeedsPlainAndNormalizedMethods() {
        ExperimentDraft plain = draft(Map.of()).withArms(List.of(ArmSettings.parse("ef21")));
        assertThatThrownBy(() -> StudyPlan.of(plain, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("all its arms are plain");
    }

    @Test
    void givenSettingsAreKept() {
        StudyPlan plan = StudyPlan.of(draft(Map.of("rounds", "7", "seeds", "[4]", "loss.regularizer", "l2")), true);
        assertThat(plan.experiment().rounds()).isEqualTo(7);
        assertThat(plan.experiment().seeds()).containsExactly(4L);
        assertThat(plan.experiment().complete().loss().regularizer()).isEqualTo("l2");
    }
}
