package io.evenkeel.trial.simulation;

import static io.evenkeel.trial.simulation.SmallTrials.experiment;
import static io.evenkeel.trial.simulation.SmallTrials.run;
import static io.evenkeel.trial.simulation.SmallTrials.withoutSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.ModelDelta;
import io.evenkeel.core.wire.Report;
import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.DataSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.FleetSettings;
import io.evenkeel.trial.experiment.GradientSettings;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class SimulationTest {

    @Test
    void isPlainGradientDescentIfNothingIsCompressed() throws InterruptedException {
        Experiment experiment =
                experiment("quadratic", 30, null, null, null, "gd,gamma=0.5,compressor=identity+float64");
        ArmRun run = run(experiment, 1).get(0);
        Fleet fleet = new FleetFactory(experiment).fleet(1);
        double[] x = new double[8];
        double[] gradient = new double[8];
        for (int k = 0; k <= 30; k++) {
            double[] mean = new double[8];
            double loss = 0;
            for (int client = 0; client < 6; client++) {
                loss += fleet.losses().worker().gradient(client, x, null, gradient) / 6;
                for (int j = 0; j < 8; j++) {
                    mean[j] += gradient[j] / 6;
                }
            }
            assertThat(run.points().get(k).loss()).isCloseTo(loss, within(1e-12));
            for (int j = 0; j < 8; j++) {
                x[j] -= 0.5 * mean[j];
            }
        }
        assertThat(run.outcome().kind()).isEqualTo(Outcome.Kind.FINISHED);
        assertThat(run.points()).hasSize(31);
        assertThat(run.points().get(30).stepSize()).isNaN();
    }

    @Test
    void givesTheSameFiguresOnAnyNumberOfThreads() throws InterruptedException {
        Experiment experiment = experiment(
                "logistic",
                40,
                new GradientSettings.Draft(5, 2, 0.1),
                0.5,
                "compressed",
                "ef21-sgdm-norm,compressor=top-k:1",
                "ef14,compressor=rand-k:2,gamma=0.1",
                "ef14-decay-scatter-mean,compressor=top-k:1,gamma=0.1,robust=clip:1",
                "ef21-igt-norm,compressor=top-k:1",
                "ef21-storm-norm,compressor=top-k:1");
        List<ArmRun> alone = run(experiment, 1);
        List<ArmRun> together = run(experiment, 4);
        assertThat(together).hasSize(10);
        for (int i = 0; i < 10; i++) {
            assertThat(withoutSeconds(together.get(i))).isEqualTo(withoutSeconds(alone.get(i)));
        }
        assertThat(withoutSeconds(alone.get(0))).isNotEqualTo(withoutSeconds(alone.get(1)));
    }

    @Test
    void stormWithFullGradientsIsNormalizedEf21() throws InterruptedException {
        Experiment experiment = experiment(
                "logistic",
                20,
                null,
                0.5,
                null,
                "ef21-norm,compressor=top-k:1,gamma=anytime:1:0.5",
                "ef21-storm-norm,compressor=top-k:1,gamma=anytime:1:0.5");
        List<ArmRun> runs = run(experiment, 1);
        assertThat(withoutSeconds(runs.get(2))).isEqualTo(withoutSeconds(runs.get(0)));
    }

    @Test
    void igtWithFullGradientsIsNormalizedEf21OnAQuadratic() throws InterruptedException {
        Experiment experiment = experiment(
                "quadratic",
                20,
                null,
                null,
                null,
                "ef21-norm,compressor=top-k:3+float64,gamma=anytime:1:0.5",
                "ef21-igt-norm,compressor=top-k:3+float64,gamma=anytime:1:0.5");
        List<ArmRun> runs = run(experiment, 1);
        for (int k = 0; k <= 20; k++) {
            double exact = runs.get(0).points().get(k).loss();
            assertThat(runs.get(2).points().get(k).loss()).isCloseTo(exact, within(1e-9));
        }
    }

    @Test
    void countsMessagesAsTheyWouldBeSent() throws InterruptedException {
        Experiment experiment = experiment("quadratic", 3, null, null, "dense", "ef21-norm,compressor=top-k:1");
        List<TrajectoryPoint> points = run(experiment, 1).get(0).points();
        Report report = new Report(1, OptionalDouble.of(1), OptionalDouble.of(1), OptionalDouble.empty(), Map.of());
        CompressedVector dense = new CompressedVector(new Support.All(8), ValueCoding.FLOAT32, new double[8]);
        int initial = 6 * new Message(1, 0, report, dense).encode().length;
        assertThat(points.get(0).uplinkBytes()).isEqualTo(initial);
        CompressedVector one =
                new CompressedVector(new Support.Listed(8, new int[] {3}), ValueCoding.FLOAT32, new double[] {1});
        int message = new Message(2, 1, report, one).encode().length;
        assertThat(points.get(1).uplinkBytes()).isEqualTo(initial + 6L * message);
        assertThat(points.get(2).uplinkBytes()).isEqualTo(initial + 12L * message);
        assertThat(points.get(3).downlinkBytes()).isGreaterThan(points.get(1).downlinkBytes());
    }

    @Test
    void aLossyDownlinkSendsEachParticipantTheDeltas() throws InterruptedException {
        Experiment experiment =
                experiment("quadratic", 3, null, null, null, "ef21-norm,compressor=top-k:2,downlink=top-k:1+natural");
        List<TrajectoryPoint> points = run(experiment, 1).get(0).points();
        CompressedVector one =
                new CompressedVector(new Support.Listed(8, new int[] {3}), ValueCoding.NATURAL, new double[] {1});
        int first = 6 * 8 * Float.BYTES;
        assertThat(points.get(0).downlinkBytes()).isEqualTo(first);
        // A delta of such a small model is larger than the model.
        assertThat(ModelDelta.encodedSize(one)).isGreaterThan(8 * Float.BYTES);
        assertThat(points.get(1).downlinkBytes()).isEqualTo(first);
        assertThat(points.get(2).downlinkBytes()).isEqualTo(2L * first);
        assertThat(points.get(3).downlinkBytes()).isEqualTo(3L * first);
    }

    @Test
    void theAdaptiveStepConvergesOverALossyDownlinkThoughFewTakePart() throws InterruptedException {
        Experiment experiment = new ExperimentDraft(
                        new DataSettings.Draft(
                                "logistic",
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                60,
                                60,
                                1.0,
                                100.0,
                                null,
                                null),
                        null,
                        new FleetSettings.Draft(20, null, null, null, 0.3, null, null),
                        null,
                        null,
                        400,
                        List.of(1L),
                        1,
                        null,
                        null,
                        List.of(
                                ArmSettings.parse("ef21-adaptive,compressor=top-k:0.05,downlink=top-k:0.1"),
                                ArmSettings.parse("ef21-adaptive,compressor=top-k:0.05")),
                        null)
                .complete();
        List<ArmRun> runs = run(experiment, 1);
        List<TrajectoryPoint> lossy = runs.get(0).points();
        assertThat(lossy.stream().mapToDouble(TrajectoryPoint::loss).max())
                .hasValue(lossy.get(0).loss());
        assertThat(lossy.get(400).loss())
                .isLessThan(1.01 * runs.get(1).points().get(400).loss());
    }

    @Test
    void aDownlinkWithoutLossOnlyRoundsTheModel() throws InterruptedException {
        Experiment experiment = experiment(
                "quadratic",
                40,
                null,
                null,
                null,
                "ef21,gamma=0.2,compressor=top-k:4",
                "ef21,gamma=0.2,compressor=top-k:4,downlink=identity+float64",
                "ef21,gamma=0.2,compressor=top-k:4,downlink=top-k:2");
        List<ArmRun> runs = run(experiment, 1);
        for (int k = 0; k <= 40; k++) {
            double lossless = runs.get(0).points().get(k).loss();
            assertThat(runs.get(2).points().get(k).loss()).isCloseTo(lossless, within(1e-5));
        }
        assertThat(runs.get(4).points().get(5).loss())
                .isGreaterThan(runs.get(0).points().get(5).loss());
    }

    @Test
    void stopsWhereARunDivergesAndSaysSo() throws InterruptedException {
        Experiment experiment =
                experiment("polynomial", 50, null, null, null, "gd,gamma=1000").withSeeds(List.of(1L));
        ArmRun run = run(experiment, 1).get(0);
        assertThat(run.outcome().kind()).isEqualTo(Outcome.Kind.DIVERGED);
        assertThat(run.outcome().round()).isBetween(1, 10);
        assertThat(run.outcome().reason()).contains("over a billion times");
        assertThat(run.points()).allSatisfy(point -> assertThat(point.loss()).isFinite());
        assertThat(run.points())
                .allSatisfy(point -> assertThat(point.gradNorm()).isFinite());
    }

    @Test
    void continuesAfterAZeroDirection() throws InterruptedException {
        Experiment experiment = new ExperimentDraft(
                        SmallTrials.quadratic(1, 0.0, 1.0),
                        null,
                        new FleetSettings.Draft(1, null, null, null, null, null, null),
                        null,
                        null,
                        5,
                        List.of(1L),
                        1,
                        null,
                        null,
                        List.of(ArmSettings.parse("gd,gamma=1,compressor=identity+float64")),
                        null)
                .complete();
        ArmRun run = run(experiment, 1).get(0);
        assertThat(run.outcome().kind()).isEqualTo(Outcome.Kind.FINISHED);
        assertThat(run.points().get(5).gradNorm()).isZero();
        assertThat(run.points().get(4).directionNorm()).isZero();
    }

    @Test
    void keepsMeasuringTheWholeFleetWhenFewTakePart() throws InterruptedException {
        Experiment experiment =
                experiment("quadratic", 400, null, 0.34, null, "ef21,gamma=0.2,compressor=identity+float64");
        List<TrajectoryPoint> points = run(experiment, 1).get(0).points();
        // Two of six send in a round; the others still contribute their earlier messages.
        assertThat(points.get(400).gradNorm()).isLessThan(1e-2 * points.get(0).gradNorm());
    }

    @Test
    void reportsAPseudoGradientOfLocalSteps() throws InterruptedException {
        Experiment steps = experiment(
                "quadratic",
                20,
                new GradientSettings.Draft(0, 4, 0.1),
                null,
                null,
                "gd,gamma=0.4,compressor=identity+float64");
        double loss = run(steps, 1).get(0).points().get(20).loss();
        Experiment plain = experiment("quadratic", 80, null, null, null, "gd,gamma=0.1,compressor=identity+float64");
        // If all clients have the same curvature, averaging models after 4 steps equals 4 steps of gradient
        // descent.
        assertThat(loss).isCloseTo(run(plain, 1).get(0).points().get(80).loss(), within(1e-12));
    }

    @Test
    void fitsAHundredThousandClientsIntoTheirStates() throws InterruptedException {
        Experiment experiment = new ExperimentDraft(
                        SmallTrials.quadratic(100, 1.0, 10.0),
                        null,
                        new FleetSettings.Draft(100_000, null, null, null, null, null, null),
                        null,
                        null,
                        1,
                        List.of(1L),
                        1,
                        null,
                        null,
                        List.of(ArmSettings.parse("ef21-norm,compressor=top-k:1")),
                        null)
                .complete();
        ArmRun run = run(experiment, 1).get(0);
        assertThat(run.points().get(1).loss()).isLessThan(run.points().get(0).loss());
    }
}
