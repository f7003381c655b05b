package io.evenkeel.engine.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.definition.Stop.Patience;
import io.evenkeel.engine.definition.StopConditions.ClosedRound;
import io.evenkeel.engine.definition.StopConditions.Judgement;
import io.evenkeel.engine.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StopConditionsTest {

    private final DraftDefinition draft = new DraftDefinition();
    private @Nullable List<String> targets;
    private @Nullable Patience patience;
    private @Nullable Long maxBytes;
    private @Nullable Duration maxTime;
    private @Nullable Divergence divergence;
    private StopProgress progress = StopProgress.NONE;
    private LossTrend trend = LossTrend.NONE;
    private LossTrend.Weights members = new LossTrend.Weights(10, 0, 10);
    private int round;
    private int newestMessage;
    private boolean datasetSpent;
    private int voidRounds;

    private Judgement close(@Nullable Double loss, Map<String, Double> metrics) {
        FieldErrors errors = new FieldErrors();
        Stop checked = Stop.resolve(new Stop(targets, patience, maxBytes, maxTime, divergence), errors, true, 0);
        assertThat(errors.isEmpty()).isTrue();
        StopConditions conditions = new StopConditions(checked == null ? Stop.NONE : checked);
        ClosedRound closed = new ClosedRound(
                round,
                loss,
                metrics,
                100,
                Duration.ofSeconds(10L * ++round),
                newestMessage,
                3,
                datasetSpent,
                voidRounds);
        trend = trend.after(closed.round(), loss, 1, members);
        Judgement judgement = conditions.judge(progress, trend, closed);
        progress = judgement.progress();
        return judgement;
    }

    @Test
    void pausesWhenADeviceHasSpentItsBudgetInSeveralRuns() {
        assertThat(close(null)).isNull();
        datasetSpent = true;
        assertThat(close(null)).isEqualTo(StopReason.PRIVACY_BUDGET);
    }

    @Test
    void pausesAfterThreeConsecutiveRoundsWithoutASum() {
        List<@Nullable StopReason> reasons = new ArrayList<>();
        for (voidRounds = 0; voidRounds <= 6; voidRounds++) {
            reasons.add(close(null));
        }
        assertThat(reasons)
                .as("an operator who resumes the run gets three more")
                .containsExactly(null, null, null, StopReason.VOID_ROUNDS, null, null, StopReason.VOID_ROUNDS);
        assertThat(StopReason.VOID_ROUNDS.isFinal()).isFalse();
    }

    private @Nullable StopReason close(@Nullable Double loss) {
        return close(loss, Map.of()).reason();
    }

    @Test
    void continuesWithoutConditionsAndCountsTheBytes() {
        assertThat(close(1e300)).isNull();
        assertThat(close(null)).isNull();
        assertThat(progress.totalBytes()).isEqualTo(200);
    }

    @Test
    void pausesWhenADeviceHasSpentItsPrivacyBudget() {
        newestMessage = 2;
        assertThat(close(1.0)).isNull();
        newestMessage = 3;
        Judgement spent = close(1.0, Map.of());
        assertThat(spent.reason()).isEqualTo(StopReason.PRIVACY_BUDGET);
        assertThat(StopReason.PRIVACY_BUDGET.isFinal()).isFalse();
        assertThat(StopReason.PRIVACY_BUDGET.text()).isEqualTo("privacy-budget");
        assertThat(spent.detail()).contains("3 messages");
    }

    @Test
    void finishesWhenAnyTargetIsReachedAndNamesIt() {
        targets = List.of("loss <= 0.1", "accuracy>=0.95");
        assertThat(close(0.11, Map.of("accuracy", 0.949)).reason()).isNull();
        Judgement reached = close(0.11, Map.of("accuracy", 0.95));
        assertThat(reached.reason()).isEqualTo(StopReason.TARGET);
        assertThat(reached.detail()).isEqualTo("accuracy is 0.95, and the target is accuracy >= 0.95");
        assertThat(close(0.1)).isEqualTo(StopReason.TARGET);
        assertThat(close(null)).isNull();
    }

    @Test
    void finishesAfterTheGivenNumberOfRoundsWithoutImprovement() {
        patience = new Patience(3, null, null, 0.25);
        assertThat(close(1.0)).isNull();
        assertThat(close(0.875)).as("less than minDelta better").isNull();
        assertThat(close(0.5)).as("better than the best by more than minDelta").isNull();
        assertThat(close(null)).isNull();
        assertThat(close(0.25)).as("exactly minDelta is not more").isNull();
        Judgement stalled = close(2.0, Map.of());
        assertThat(stalled.reason()).isEqualTo(StopReason.NO_IMPROVEMENT);
        assertThat(stalled.detail()).contains("loss has not improved for 3 rounds", "0.5, of round 2");
    }

    @Test
    void treatsLargerValuesOfAMetricAsBetter() {
        patience = new Patience(2, "accuracy", null, null);
        assertThat(close(1.0, Map.of("accuracy", 0.5)).reason()).isNull();
        assertThat(close(1.0, Map.of("accuracy", 0.6)).reason()).isNull();
        assertThat(close(0.5, Map.of("accuracy", 0.55)).reason()).isNull();
        assertThat(close(0.4, Map.of("accuracy", 0.6)).reason()).isEqualTo(StopReason.NO_IMPROVEMENT);
    }

    @Test
    void waitsForTheFirstValueOfAMetric() {
        patience = new Patience(1, "accuracy", null, null);
        assertThat(close(1.0)).isNull();
        assertThat(close(1.0)).isNull();
    }

    @Test
    void finishesAtTheBytesAndAtTheTime() {
        maxBytes = 250L;
        assertThat(close(1.0)).isNull();
        assertThat(close(1.0)).isNull();
        assertThat(close(1.0)).isEqualTo(StopReason.BYTES);

        maxBytes = null;
        maxTime = Duration.ofSeconds(50);
        assertThat(close(1.0)).isNull();
        assertThat(close(1.0)).isEqualTo(StopReason.TIME);
    }

    @Test
    void pausesAfterTheGivenNumberOfRoundsWithTooLargeALoss() {
        divergence = new Divergence(10.0, null, 2);
        assertThat(close(11.0)).isNull();
        assertThat(close(10.0)).isNull();
        assertThat(close(11.0)).isNull();
        assertThat(close(null))
                .as("no loss reported counts as the round before")
                .isEqualTo(StopReason.DIVERGENCE);
    }

    @Test
    void putsDivergenceBeforeTheEndOfTheRun() {
        divergence = new Divergence(10.0, null, null);
        maxBytes = 1L;
        assertThat(close(11.0)).isEqualTo(StopReason.DIVERGENCE);
        progress = progress.restart(round);
        assertThat(progress).isEqualTo(new StopProgress(null, 1, 0, 100));
    }

    @Test
    void pausesByDefaultAfterTenRoundsFarAboveTheBestAndNamesTheRoundToPublish() {
        closeAll(0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.3);
        assertThat(IntStream.range(0, 9).mapToObj(i -> close(4.0))).containsOnlyNulls();
        Judgement diverged = close(4.0, Map.of());
        assertThat(diverged.reason()).isEqualTo(StopReason.DIVERGENCE);
        assertThat(diverged.detail())
                .matches("the loss was over \\d\\.\\d+ for 10 rounds, last 4\\.0; the best mean was 0\\.\\d+, of round"
                        + " 6, whose model is kept: 'evenkeel models publish MODEL --run RUN --round best'"
                        + " registers it; check gamma and the new members, then resume or cancel the run");
    }

    @Test
    void cautionsAgainstTheNewestModelIfTheRunEndsFarAboveTheBest() {
        closeAll(0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.3);
        assertThat(close(0.3, Map.of()).caution()).isNull();
        assertThat(close(4.0, Map.of()).caution())
                .contains("over", "for 1 round, last 4.0; the best mean was", "of round 7");
    }

    @Test
    void neverPausesForTheLossIfDivergenceIsOff() {
        divergence = Divergence.OFF;
        closeAll(0.7, 0.6, 0.5, 0.4, 0.3, 0.3, 0.3);
        assertThat(IntStream.range(0, 30).mapToObj(i -> close(1e9))).containsOnlyNulls();
    }

    private void closeAll(double... losses) {
        for (double loss : losses) {
            assertThat(close(loss)).isNull();
        }
    }

    @Test
    void fillsInTheDefaultsOfStopConditions() {
        draft.stop = new Stop(
                List.of("accuracy>=0.95"),
                new Patience(50, null, null, null),
                null,
                Duration.ofHours(2),
                new Divergence(10.0, null, null));
        Stop resolved = draft.plan().definition().stop();

        assertThat(resolved)
                .isEqualTo(new Stop(
                        List.of("accuracy >= 0.95"),
                        new Patience(50, "loss", "min", 0.0),
                        null,
                        Duration.ofHours(2),
                        new Divergence(10.0, null, 1)));
    }

    @Test
    void pausesRunsThatDivergeUnlessThisIsTurnedOff() {
        Stop byDefault = new Stop(null, null, null, null, new Divergence(null, 2.0, 10));
        assertThat(draft.plan().definition().stop()).isEqualTo(byDefault);
        draft.stop = new Stop(List.of(), null, null, null, null);
        assertThat(draft.plan().definition().stop()).isEqualTo(byDefault);
        draft.devices = new RunDefinition.Devices(null, null, null, null, new RunDefinition.Crossover("s", 0, 3, 20));
        assertThat(draft.plan().definition().stop())
                .as("while the members of the other arms do not take part")
                .isEqualTo(new Stop(null, null, null, null, new Divergence(null, 2.0, 50)));
        draft.stop = new Stop(null, null, null, null, Divergence.OFF);
        assertThat(draft.plan().definition().stop()).isEqualTo(draft.stop);
    }

    @Test
    void refusesEachStopConditionThatIsWrong() {
        draft.stop = new Stop(
                List.of("accuracy = 1"),
                new Patience(0, "Loss!", "least", -1.0),
                0L,
                Duration.ZERO,
                new Divergence(Double.NaN, 1.0, 0));
        ProblemException refusal = draft.refusal("stop.maxBytes");
        assertThat(refusal.detail())
                .contains(
                        "stop.targets: is 'accuracy = 1', expected a metric, <= or >=",
                        "stop.patience.rounds: is 0",
                        "stop.patience.metric: is 'Loss!'",
                        "stop.patience.goal: is 'least'",
                        "stop.patience.minDelta: is -1.0",
                        "stop.maxTime: is PT0S",
                        "stop.divergence: has loss and factor, expected one of them",
                        "stop.divergence.loss: is NaN",
                        "stop.divergence.factor: is 1.0, expected a finite number above 1",
                        "stop.divergence.rounds: is 0");
    }
}
