package io.evenkeel.trial.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.loss.QualityMetric;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ClassBalance;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.result.TrajectoryPoint;
import io.evenkeel.trial.simulation.Arm;
import io.evenkeel.trial.simulation.Trial;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class QualityJudgeTest {

    private static final int ROUNDS = 20;
    private static final ClassBalance EVEN = new ClassBalance(2, 0.5, 0.5, 0.693);
    private static final ClassBalance UNEVEN = new ClassBalance(2, 0.97, 0.03, 0.135);
    private static final String PRIVATE = "clip:1.0:20.0+by-coordinator";

    /** The final figures of an arm, one per seed. */
    private record End(
            List<Double> metric,
            List<Double> loss,
            @Nullable Double epsilon) {

        private static End of(double... metric) {
            List<Double> figures = DoubleStream.of(metric).boxed().toList();
            return new End(figures, Collections.nCopies(metric.length, 0.1), null);
        }
    }

    private static Summary judge(
            QualityMetric metric, ClassBalance classes, End dense, End compressed, String... targets) {
        List<Long> seeds =
                LongStream.rangeClosed(1, dense.metric.size()).boxed().toList();
        Experiment experiment = ExperimentFile.of(Map.of(
                "data", Map.of("source", "quadratic", "dimension", 3),
                "fleet", Map.of("clients", 5),
                "rounds", ROUNDS,
                "seeds", seeds,
                "targets", List.of(targets),
                "arms",
                        List.of(
                                Map.of("name", "dense", "algorithm", "gd-norm"),
                                compressed.epsilon == null
                                        ? Map.of("name", "small", "algorithm", "ef21-norm", "compressor", "top-k:1")
                                        : Map.of("name", "small", "algorithm", "ef21-norm", "privacy", PRIVATE))));
        List<Arm> arms = new Trial(experiment).prepared(1).arms();
        List<ArmRun> runs = new ArrayList<>();
        for (int s = 0; s < seeds.size(); s++) {
            runs.add(run("dense", seeds.get(s), dense, s, 1000));
            runs.add(run("small", seeds.get(s), compressed, s, 10));
        }
        Summarizer.Size size = new Summarizer.Size(3, 5, 100, metric, classes, null);
        return new Summarizer(experiment, size, arms, runs, Clock.systemUTC()).summary();
    }

    /**
     * Returns a run whose loss starts at 1 and whose metric starts at 0.5; both reach their final values in equal
     * steps.
     */
    private static ArmRun run(String arm, long seed, End end, int s, long bytes) {
        List<TrajectoryPoint> points = new ArrayList<>();
        for (int k = 0; k <= ROUNDS; k++) {
            double share = (double) k / ROUNDS;
            points.add(new TrajectoryPoint(
                    k,
                    1 + share * (end.loss.get(s) - 1),
                    1 - share,
                    0.5 + share * (end.metric.get(s) - 0.5),
                    k * bytes,
                    k * bytes,
                    0.1,
                    1,
                    end.epsilon == null ? Double.NaN : share * end.epsilon,
                    k));
        }
        return new ArmRun(arm, seed, new Outcome(Outcome.Kind.FINISHED, ROUNDS, ""), points);
    }

    private static Comparison only(Summary summary) {
        assertThat(summary.comparisons()).hasSize(1);
        return summary.comparisons().get(0);
    }

    @Test
    void isNotBetterWhileTheQualityIsUnclearRegardlessOfTheBytesSent() {
        Summary summary = judge(QualityMetric.ACCURACY, EVEN, End.of(0.952, 0.964), End.of(0.92, 0.872));
        Comparison comparison = only(summary);
        assertThat(comparison.contrast().quality()).isEqualTo("unclear");
        assertThat(comparison.verdict()).isEqualTo("undecided");
        assertThat(summary.verdict().answer()).isEqualTo("unclear");
        assertThat(comparison.text())
                .startsWith("Unclear accuracy (89.6% against 95.8%, the difference being -44 to 32 points) with");
    }

    @Test
    void isNoWorseWithinTheMarginAndWorseBeyondIt() {
        End dense = End.of(0.950, 0.951, 0.952, 0.953, 0.954);
        Comparison near = only(judge(QualityMetric.ACCURACY, EVEN, dense, End.of(0.948, 0.950, 0.950, 0.952, 0.952)));
        assertThat(near.contrast().quality()).isEqualTo("not-worse");
        assertThat(near.contrast().margin()).isEqualTo(0.005);
        assertThat(near.verdict()).isEqualTo("better");
        assertThat(near.text()).startsWith("No worse accuracy (95.0% against 95.2%, margin 0.5 points) with");
        Comparison far = only(judge(QualityMetric.ACCURACY, EVEN, dense, End.of(0.938, 0.940, 0.940, 0.942, 0.942)));
        assertThat(far.contrast().quality()).isEqualTo("worse");
        assertThat(far.verdict()).isEqualTo("mixed");
    }

    @Test
    void oneSeedShowsNothing() {
        Comparison comparison = only(judge(QualityMetric.ACCURACY, EVEN, End.of(0.95), End.of(0.951)));
        assertThat(comparison.verdict()).isEqualTo("undecided");
        assertThat(comparison.text())
                .startsWith("Unclear accuracy (95.1% against 95.0%; one seed cannot show whether it is worse) with");
    }

    @Test
    void theLossCountsBesideTheMetricOfUnbalancedClasses() {
        End dense = End.of(0.95, 0.951, 0.952);
        End compressed = new End(List.of(0.95, 0.951, 0.952), List.of(0.29, 0.30, 0.31), null);
        Comparison even = only(judge(QualityMetric.AUC, EVEN, dense, compressed));
        assertThat(even.text()).startsWith("No worse AUC (0.951 against 0.951, margin 0.005)");
        Comparison uneven = only(judge(QualityMetric.AUC, UNEVEN, dense, compressed));
        assertThat(uneven.contrast().measure()).isEqualTo("loss");
        assertThat(uneven.contrast().quality()).isEqualTo("worse");
        assertThat(uneven.text()).startsWith("Higher loss (0.3 against 0.1), and no target that both reached");
    }

    @Test
    void aLowerFigureOfAMetricCanBeTheBetterOne() {
        QualityMetric error = new QualityMetric("error", false);
        Comparison comparison = only(judge(error, EVEN, End.of(0.20, 0.21, 0.22), End.of(0.10, 0.11, 0.12)));
        assertThat(comparison.contrast().quality()).isEqualTo("better");
        assertThat(comparison.contrast().margin()).isBetween(0.0057, 0.0059);
        assertThat(comparison.text()).startsWith("Lower error (0.11 against 0.21) with");
    }

    @Test
    void aTargetReachedAtTheStartIsDropped() {
        End end = End.of(0.9, 0.9);
        Summary summary = judge(QualityMetric.ACCURACY, EVEN, end, end, "test-metric:0.4", "test-metric:0.8", "loss:2");
        assertThat(summary.targets()).containsExactly("test-metric:0.8");
        assertThat(summary.droppedTargets()).containsExactly("test-metric:0.4", "loss:2.0");
    }

    @Test
    void aTargetReachedByPredictingTheLargestClassIsDropped() {
        End end = new End(List.of(0.99, 0.99), List.of(0.01, 0.01), null);
        assertThat(judge(QualityMetric.AUC, UNEVEN, end, end).targets())
                .as("half of the loss reduction is less than that of predicting the shares of the classes")
                .containsExactly("loss:90%", "loss:99%");
        Summary asked = judge(
                QualityMetric.ACCURACY,
                UNEVEN,
                end,
                end,
                "test-metric:0.96",
                "test-metric:0.98",
                "loss:0.2",
                "loss:0.1");
        assertThat(asked.targets()).containsExactly("test-metric:0.98", "loss:0.1");
        assertThat(asked.droppedTargets()).containsExactly("test-metric:0.96", "loss:0.2");
    }

    @Test
    void armsWithOtherPrivacyHaveNoVerdict() {
        End dense = End.of(0.95, 0.951, 0.952);
        End noisy = new End(List.of(0.7, 0.71, 0.72), List.of(0.3, 0.3, 0.3), 7.8);
        Summary summary = judge(QualityMetric.ACCURACY, EVEN, dense, noisy);
        Comparison comparison = only(summary);
        assertThat(comparison.verdict()).isEqualTo("other-privacy");
        assertThat(comparison.headline())
                .startsWith(
                        "Its privacy guarantee differs (epsilon 7.80, delta 1e-6 against none), so there is no verdict. ");
        assertThat(summary.verdict().compression()).isNull();
        assertThat(summary.verdict().sentences())
                .last()
                .isEqualTo(
                        "Not compared here, as their privacy guarantees differ: small (epsilon 7.80, delta 1e-6). For a"
                                + " verdict on them, take one of them as the baseline.");
        assertThat(summary.arms().get(1).privacy())
                .isNotNull()
                .satisfies(privacy -> assertThat(privacy.mechanism()).isEqualTo(PRIVATE));
    }
}
