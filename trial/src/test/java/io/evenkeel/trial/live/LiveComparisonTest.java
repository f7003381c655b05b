package io.evenkeel.trial.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.tools.RoundFigures;
import io.evenkeel.tools.RunDetails;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveComparisonTest {

    private static final String COORDINATOR = "http://coordinator.test";

    @TempDir
    private Path folder;

    /** Builds a run of 100 planned rounds of a second each, in which 4 devices send 10 bytes each. */
    private static final class Builder {

        private final Map<String, Object> definition = new HashMap<>(Map.of(
                "dimension", 50,
                "algorithm", "ef21",
                "compressor", "top-k:5",
                "step", "plain",
                "gamma", "constant:0.5",
                "eta", "constant:1.0",
                "rounds", 100,
                "seed", 0));
        private final String name;
        private String state = "finished";
        private String message = "";
        private int closed = 100;
        private int devices = 4;
        private IntToDoubleFunction loss = k -> 1.0 / (k + 1);
        private IntFunction<Map<String, Double>> metrics = k -> Map.of();

        private Builder(String name) {
            this.name = name;
        }

        private Builder with(String setting, Object value) {
            definition.put(setting, value);
            return this;
        }

        private Builder stands(String where, int rounds) {
            state = where;
            closed = rounds;
            return this;
        }

        private Builder failsWith(String why) {
            state = "failed";
            message = why;
            return this;
        }

        private Builder devices(int number) {
            devices = number;
            return this;
        }

        private Builder loss(IntToDoubleFunction of) {
            loss = of;
            return this;
        }

        private Builder metrics(IntFunction<Map<String, Double>> of) {
            metrics = of;
            return this;
        }

        private LiveRun build() {
            List<RoundFigures> rounds = new ArrayList<>();
            for (int k = 0; k < closed; k++) {
                rounds.add(new RoundFigures(
                        k,
                        Instant.EPOCH.plusSeconds(k),
                        Instant.EPOCH.plusSeconds(k + 1),
                        devices,
                        devices,
                        loss.applyAsDouble(k),
                        metrics.apply(k),
                        10L * devices,
                        100L * devices,
                        200L * devices,
                        0.5,
                        1));
            }
            return new LiveRun(
                    new RunDetails(name, definition, new RunStatus(state, closed, devices, 0, message)), rounds);
        }
    }

    private static Builder run(String name) {
        return new Builder(name);
    }

    private static LiveComparison compare(Builder... runs) {
        return new LiveComparison(
                java.util.Arrays.stream(runs).map(Builder::build).toList(), null, null);
    }

    private LiveRecord written(LiveComparison comparison, String... targets) throws IOException {
        Experiment experiment = comparison.experiment(COORDINATOR, List.of(targets));
        return comparison.write(ResultsFolder.create(folder, experiment), COORDINATOR, Clock.systemUTC());
    }

    private Summary summary() throws IOException {
        return ResultsFolder.open(folder).summary();
    }

    @Test
    void figuresAddUpToWhatTheRoundsRecorded() throws IOException {
        written(compare(run("a"), run("b")));
        List<TrajectoryPoint> points = ResultsFolder.open(folder).runs().get(0).points();
        assertThat(points).hasSize(101);
        assertThat(points.get(2).loss()).isEqualTo(1.0 / 3);
        assertThat(points.get(2).uplinkBytes()).isEqualTo(80);
        assertThat(points.get(100).uplinkBytes()).isEqualTo(4000);
        assertThat(points.get(100).downlinkBytes()).isEqualTo(40_000);
        assertThat(points.get(100).seconds()).isEqualTo(100);
        assertThat(points.get(100).loss())
                .as("nobody measured the newest model")
                .isNaN();
    }

    @Test
    void uncompressedRunIsTheYardstickUnlessAnotherIsNamed() throws IOException {
        List<LiveRun> runs = List.of(
                run("a").build(), run("b").with("compressor", "identity").build());
        assertThat(new LiveComparison(runs, null, null)
                        .experiment(COORDINATOR, List.of())
                        .baseline())
                .isEqualTo("b");
        assertThat(new LiveComparison(runs, null, "a")
                        .experiment(COORDINATOR, List.of())
                        .baseline())
                .isEqualTo("a");
        assertThatThrownBy(() -> new LiveComparison(runs, null, "c"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("--baseline is 'c', expected one of the runs: a, b");
    }

    @Test
    void aNoisyLossReachesATargetWhenItsMeanDoes() throws IOException {
        // One round of ten is below the target by chance; the mean over five rounds reaches it in round 60.
        IntToDoubleFunction lucky = k -> k % 10 == 3 ? 0 : k < 56 ? 1 : 0.4;
        written(compare(run("a").loss(lucky), run("b").loss(lucky)), "loss:0.5");
        ArmSummary.Reach reach = summary().arms().get(0).reaches().get(0);
        assertThat(reach.rounds().median()).isEqualTo(60.0);
    }

    @Test
    void targetsFollowFromTheYardsticksImprovement() {
        IntToDoubleFunction falling = k -> k < 99 ? 2 - 0.01 * k : 1;
        Experiment experiment = compare(
                        run("a").with("rounds", 10).stands("finished", 10).loss(k -> 1 - 0.1 * k), run("b"))
                .experiment(COORDINATOR, List.of());
        List<Target> targets = experiment.targets().stream().map(Target::parse).toList();
        assertThat(targets).hasSize(3).allMatch(target -> target.measure() == Target.Measure.LOSS);
        assertThat(targets.get(0).value()).isCloseTo(0.55, within(1e-3));
        assertThat(targets.get(1).value()).isCloseTo(0.19, within(1e-3));
        assertThat(compare(run("a").loss(k -> 1), run("b").loss(falling))
                        .experiment(COORDINATOR, List.of())
                        .targets())
                .as("of a yardstick that did not improve")
                .isEmpty();
    }

    @Test
    void accuracyIsComparedIfAllRunsHaveIt() throws IOException {
        IntFunction<Map<String, Double>> both = k -> Map.of("accuracy", 0.5 + 0.004 * k, "batch-size", 8.0);
        LiveRecord record = written(compare(run("a").metrics(both), run("b").metrics(both)));
        assertThat(record.metric()).isEqualTo("accuracy");
        assertThat(summary().arms().get(0).quality().testMetric().median()).isCloseTo(0.888, within(1e-9));
        assertThat(summary().targets()).allMatch(target -> target.startsWith("test-metric:"));
    }

    @Test
    void aMetricThatNotAllRunsHaveIsRefused() {
        List<LiveRun> runs = List.of(
                run("a").metrics(k -> Map.of("auc", 0.7, "loss-2", 1.0)).build(),
                run("b").metrics(k -> Map.of("loss-2", 1.0)).build());
        assertThatThrownBy(() -> new LiveComparison(runs, "auc", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("metric 'auc' was not reported in all runs: they have loss-2 in common");
    }

    @Test
    void aRunInProgressHasNoVerdict() throws IOException {
        LiveRecord record = written(compare(run("a"), run("b").stands("running", 40)));
        assertThat(summary().complete()).isFalse();
        assertThat(summary().comparisons().get(0).verdict()).isEqualTo("undecided");
        assertThat(record.cautions())
                .contains(
                        "b is running after 40 of 100 rounds: there is no verdict before it is finished. Compare again then.",
                        "The runs have closed different numbers of rounds (a 100, b 40): compare their costs to a target"
                                + " rather than their final figures.");
    }

    @Test
    void aRunThatDivergedCountsAsDiverged() throws IOException {
        written(compare(run("a"), run("b").stands("running", 7).failsWith("round 7 diverged: no longer finite")));
        assertThat(summary().complete()).isTrue();
        assertThat(summary().arms().get(1).stability().divergences()).isEqualTo(1);
    }

    @Test
    void runsWithoutLossesAreComparedByTheirBytes() throws IOException {
        LiveRecord record =
                written(compare(run("a").loss(k -> Double.NaN), run("b").loss(k -> k == 5 ? 1 : Double.NaN)));
        assertThat(summary().arms().get(0).quality().loss().median()).isNull();
        assertThat(summary().arms().get(0).runs().get(0).uplinkBytes()).isEqualTo(4000);
        assertThat(record.cautions())
                .contains("a has a loss in none of its 100 rounds.", "b has a loss in 1 of its 100 rounds.");
    }

    @Test
    void differencesOtherThanTheMethodAreReported() throws IOException {
        LiveRecord record = written(compare(
                run("a").with("participants", Map.of("min", 4, "max", 4)),
                run("b").with("participants", Map.of("min", 3, "max", 4))
                        .with("gamma", "constant:0.1")
                        .devices(3)));
        assertThat(record.differences())
                .containsExactly(
                        new Difference("gamma", List.of("constant:0.5", "constant:0.1")),
                        new Difference("participants.min", List.of("4", "3")));
        assertThat(record.cautions())
                .contains(
                        "Besides the method the runs differ in participants.min: differences in the results may be due to"
                                + " that.")
                .anyMatch(caution ->
                        caution.contains("different numbers of devices in a round (a 4.0, b 3.0 on average)"));
    }

    @Test
    void theSameMethodTwiceShowsTheEffectOfChance() throws IOException {
        LiveRecord record = written(compare(run("a"), run("b").with("seed", 1)));
        assertThat(record.cautions()).anyMatch(caution -> caution.startsWith("The runs have the same method"));
    }

    @Test
    void endsWithinTheRoundsScatterAreTheSame() throws IOException {
        LiveRecord record = written(compare(
                run("a").loss(k -> 1 + (k % 2 == 0 ? 0.1 : -0.1)),
                run("b").loss(k -> 1.01 + (k % 2 == 0 ? -0.1 : 0.1))));
        assertThat(record.cautions())
                .anyMatch(caution -> caution.startsWith("b and a end with a loss that differs by"));
        LiveTrajectory falling =
                new LiveTrajectory(run("a").loss(k -> 5 - 0.01 * k).build(), null, 5);
        assertThat(falling.standardError(TrajectoryPoint::loss))
                .as("of a trend alone")
                .isCloseTo(0, within(1e-9));
    }

    @Test
    void aRunWithoutAClosedRoundIsRefused() {
        assertThatThrownBy(() -> run("a").stands("created", 0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("run 'a' is created and has closed no round yet: compare it once it has");
    }

    @Test
    void theRecordIsReadBackAsItWasWritten() throws IOException {
        LiveRecord record = written(compare(run("a"), run("b").with("gamma", "constant:0.1")));
        assertThat(LiveRecord.read(folder)).contains(record);
        assertThat(record.command())
                .isEqualTo("evenkeel pilot compare --runs a,b --coordinator http://coordinator.test --out again");
        assertThat(LiveRecord.read(folder.resolve("elsewhere"))).isEmpty();
    }
}
