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
import java.util.Objects;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HeadlineTest {

    private static final int ROUNDS = 100;

    /**
     * Returns a run whose loss decays at {@code rate} to {@code end}, with these bytes per round; accuracy is 1 - loss.
     */
    private static ArmRun run(String arm, double rate, double end, long bytes) {
        return run(arm, k -> end + (1 - end) * Math.exp(-rate * k), bytes);
    }

    private static ArmRun run(String arm, IntToDoubleFunction loss, long bytes) {
        List<TrajectoryPoint> points = new ArrayList<>();
        for (int k = 0; k <= ROUNDS; k++) {
            double value = loss.applyAsDouble(k);
            points.add(new TrajectoryPoint(
                    k, value, value, 1 - value, bytes * k, bytes * k, 0.1, value, Double.NaN, 0.01 * k));
        }
        return new ArmRun(arm, 1, new Outcome(Outcome.Kind.FINISHED, ROUNDS, ""), points);
    }

    private static Summary.Verdict verdict(Map<String, ArmSummary.Search> searches, ArmRun... runs) {
        return verdict(
                List.of(
                        "gd,gamma=0.1,name=gd",
                        "ef21,gamma=0.1,compressor=top-k:1,name=plain",
                        "ef21-norm,compressor=top-k:1,name=norm"),
                searches,
                runs);
    }

    private static Summary.Verdict verdict(List<String> arms, Map<String, ArmSummary.Search> searches, ArmRun... runs) {
        Experiment experiment = new ExperimentDraft(
                        SmallTrials.quadratic(3, null, null),
                        null,
                        null,
                        null,
                        null,
                        ROUNDS,
                        List.of(1L, 2L),
                        1,
                        null,
                        null,
                        arms.stream().map(ArmSettings::parse).toList(),
                        null)
                .complete();
        // One seed gives no verdict, so a second one gets the same figures.
        List<ArmRun> all = Stream.of(runs)
                .flatMap(run -> Stream.of(run, new ArmRun(run.arm(), 2, run.outcome(), run.points())))
                .toList();
        return new Summarizer(experiment, new Trial(experiment).prepared(1), all, searches, Clock.systemUTC())
                .summary()
                .verdict();
    }

    private static ArmSummary.Search search(long bytes) {
        ArmSummary.Candidate tried = new ArmSummary.Candidate("constant:0.1", "finished", 0.5, ROUNDS, bytes, bytes);
        return new ArmSummary.Search(
                "constant:0.1", false, List.of(tried, tried, tried), 2L * ROUNDS, 2 * bytes, 2 * bytes);
    }

    @Test
    void reportsThatCompressionPaysWithItsBytesAndRounds() {
        Summary.Verdict verdict = verdict(
                Map.of(), run("gd", 0.12, 0.05, 1000), run("plain", 0.06, 0.05, 100), run("norm", 0.05, 0.05, 100));
        assertThat(verdict.answer()).isEqualTo("pays");
        assertThat(verdict.sentences().get(0))
                .isEqualTo(
                        "No worse accuracy (94.8% against 95.0%, margin 0.5 points) with 5.1 times fewer bytes up and 2.0 times the rounds to"
                                + " accuracy 94.0%: plain against uncompressed gd.");
    }

    @Test
    void reportsThatCompressionDoesNotPay() {
        Summary.Verdict verdict =
                verdict(Map.of(), run("gd", 1, 0.05, 100), run("plain", 0.1, 0.05, 100), run("norm", 0.05, 0.05, 100));
        assertThat(verdict.answer()).isEqualTo("does-not-pay");
        assertThat(verdict.sentences().get(0)).startsWith("Compression does not pay here. No worse accuracy (");
    }

    @Test
    void reportsThatCompressionCostsQuality() {
        Summary.Verdict verdict = verdict(
                Map.of(), run("gd", 0.1, 0.05, 1000), run("plain", 0.1, 0.06, 100), run("norm", 0.1, 0.07, 100));
        assertThat(verdict.answer()).isEqualTo("costs-quality");
        assertThat(verdict.sentences().get(0))
                .startsWith("Compression costs quality here. Lower accuracy (94.0% against 95.0%)");
    }

    @Test
    void callsNothingBetterThatDiffersByLessThanItsThreshold() {
        Summary.Verdict verdict = verdict(
                Map.of(), run("gd", 0.1, 0.050, 100), run("plain", 0.1, 0.0501, 99), run("norm", 0.1, 0.0499, 101));
        assertThat(verdict.compression())
                .isNotNull()
                .extracting(Comparison.Contrast::quality)
                .isEqualTo("not-worse");
        assertThat(verdict.sentences().get(0)).contains("about the same bytes up and about the same rounds");
    }

    @Test
    void countsTheSearchThatNormalizationSaves() {
        Summary.Verdict verdict = verdict(
                Map.of("gd", search(100_000), "plain", search(10_000)),
                run("gd", 0.1, 0.05, 1000),
                run("plain", 0.1, 0.05, 100),
                run("norm", 0.09, 0.05, 100));
        assertThat(verdict.compression())
                .isNotNull()
                .extracting(Comparison.Contrast::arm)
                .isEqualTo("plain");
        assertThat(verdict.withoutSearch())
                .isNotNull()
                .extracting(Comparison.Contrast::arm)
                .isEqualTo("norm");
        Comparison.Contrast normalization = Objects.requireNonNull(verdict.normalization());
        assertThat(Objects.requireNonNull(normalization.uplink()).sign()).isEqualTo("more");
        assertThat(Objects.requireNonNull(normalization.uplinkWithSearch()).sign())
                .isEqualTo("fewer");
        assertThat(verdict.sentences())
                .hasSize(3)
                .last()
                .asString()
                .contains("With the search for plain's step size (2 more runs, 200 rounds, 20.0 kB up) counted:")
                .contains("times fewer bytes up");
    }

    @Test
    void comparesOnlyNormalizedArmsWithTheBestPlainOne() {
        Summary.Verdict verdict = verdict(
                List.of(
                        "gd,gamma=0.1,name=gd",
                        "ef21,gamma=0.001,compressor=top-k:1,name=weak",
                        "ef21,gamma=0.1,compressor=top-k:1,name=plain",
                        "ef21-adaptive,compressor=top-k:1,name=adaptive",
                        "ef21-norm,compressor=top-k:1,name=norm"),
                Map.of(),
                run("gd", 0.1, 0.05, 1000),
                run("weak", 0.01, 0.3, 100),
                run("plain", 0.1, 0.05, 100),
                run("adaptive", 0.2, 0.05, 100),
                run("norm", 0.09, 0.05, 100));
        assertThat(verdict.normalization())
                .isNotNull()
                .extracting(Comparison.Contrast::arm, Comparison.Contrast::other)
                .containsExactly("norm", "plain");
        assertThat(verdict.sentences())
                .last()
                .asString()
                .contains("normalized norm against plain.")
                .endsWith("No better step size was searched for plain.");
    }

    @Test
    void omitsNormalizationIfNoArmIsNormalized() {
        assertThat(verdict(
                                List.of(
                                        "gd,gamma=0.1,name=gd",
                                        "ef21,gamma=0.1,compressor=top-k:1,name=plain",
                                        "ef21-adaptive,compressor=top-k:1,name=adaptive"),
                                Map.of(),
                                run("gd", 0.1, 0.05, 1000),
                                run("plain", 0.1, 0.05, 100),
                                run("adaptive", 0.2, 0.05, 100))
                        .normalization())
                .isNull();
    }
}
