package io.evenkeel.trial.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.LocalCoordinator;
import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.FleetSettings;
import io.evenkeel.trial.experiment.GradientSettings;
import io.evenkeel.trial.experiment.StartSettings;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Simulations through one coordinator. */
class HttpSimulationIT {

    @TempDir
    static Path data;

    private static LocalCoordinator coordinator;

    @BeforeAll
    static void start() {
        coordinator = LocalCoordinator.start(data, JavaLaunch.QUICK);
    }

    @AfterAll
    static void stop() {
        coordinator.close();
    }

    private static Experiment experiment(
            String source,
            int clients,
            GradientSettings.@Nullable Draft gradient,
            double participation,
            int rounds,
            int recordEvery,
            String... arms) {
        return new ExperimentDraft(
                        SmallTrials.source(source),
                        null,
                        new FleetSettings.Draft(clients, null, null, null, participation, "http", null),
                        gradient,
                        new StartSettings.Draft("normal", null),
                        rounds,
                        List.of(3L),
                        recordEvery,
                        List.of(),
                        null,
                        List.of(arms).stream().map(ArmSettings::parse).toList(),
                        null)
                .complete();
    }

    private static List<ArmRun> overHttp(Experiment experiment, RoundListener listener) throws InterruptedException {
        Simulator simulator = new HttpSimulation(experiment, coordinator.address(), coordinator.operatorToken());
        return new Trial(experiment, simulator).run(1, listener, SmallTrials.forgetful());
    }

    private static void givesTheFiguresOfTheSimulation(Experiment experiment) throws InterruptedException {
        List<ArmRun> here = SmallTrials.run(experiment, 1);
        List<ArmRun> there = overHttp(experiment, (arm, seed, round, x) -> true);
        for (int i = 0; i < here.size(); i++) {
            assertThat(there.get(i).outcome()).isEqualTo(here.get(i).outcome());
            assertThat(there.get(i).points().stream().map(HttpSimulationIT::comparable))
                    .containsExactlyElementsOf(here.get(i).points().stream()
                            .map(HttpSimulationIT::comparable)
                            .toList());
        }
    }

    /** Omits the seconds, and the downloads, whose form the devices choose. */
    private static TrajectoryPoint comparable(TrajectoryPoint p) {
        return new TrajectoryPoint(
                p.round(),
                p.loss(),
                p.gradNorm(),
                p.testMetric(),
                p.uplinkBytes(),
                0,
                p.stepSize(),
                p.directionNorm(),
                p.epsilon(),
                0);
    }

    @Test
    void givesTheFiguresOfTheSimulationBitForBit() throws InterruptedException {
        givesTheFiguresOfTheSimulation(experiment(
                "quadratic",
                5,
                null,
                1,
                15,
                1,
                "ef21-norm,compressor=top-k:1",
                "ef21,compressor=sign,gamma=0.05",
                "ef14-decay-scatter-mean,compressor=top-k:2,gamma=0.05,robust=clip:1"));
    }

    @Test
    @Tag("full")
    void samplesTheSameClientsAsTheSimulation() throws InterruptedException {
        givesTheFiguresOfTheSimulation(experiment(
                "logistic",
                6,
                new GradientSettings.Draft(5, 2, 0.1),
                0.5,
                13,
                4,
                "ef14,compressor=rand-k:2,gamma=0.1",
                "ef14-decay,compressor=top-k:2,gamma=0.1,eta=anytime:0.9:0.1",
                "ef21-sgdm-norm,compressor=rand-k:2"));
    }

    @Test
    @Tag("full")
    void computesGradientsWhereIgtAndStormNeedThem() throws InterruptedException {
        givesTheFiguresOfTheSimulation(experiment(
                "logistic",
                6,
                new GradientSettings.Draft(5, 1, 0.1),
                0.5,
                13,
                1,
                "ef21-igt-norm,compressor=top-k:2",
                "ef21-storm-norm,compressor=top-k:2"));
    }

    @Test
    @OnlyInCi
    void stepsByRulesThatRememberNumbersAndVectors() throws InterruptedException {
        givesTheFiguresOfTheSimulation(experiment(
                "logistic",
                5,
                new GradientSettings.Draft(5, 1, 0.1),
                0.5,
                11,
                1,
                "ef21-distance,compressor=top-k:2",
                "ef21-adaptive,compressor=top-k:2",
                "ef21-fedadam,compressor=rand-k:2",
                "ef14,step=fedyogi:0.5:0.9:0.01,compressor=top-k:2",
                "ef21-muon,compressor=top-k:2",
                "ef21-fedavgm,gamma=0.05,compressor=top-k:2"));
    }

    @Test
    @Tag("full")
    void followsTheModelOfALossyDownlink() throws InterruptedException {
        givesTheFiguresOfTheSimulation(experiment(
                "logistic",
                5,
                new GradientSettings.Draft(5, 1, 0.1),
                0.5,
                13,
                1,
                "ef21-norm,compressor=top-k:2,downlink=top-k:2+natural",
                "ef21-fedadam,compressor=top-k:2,downlink=rand-k:3",
                "ef21-igt-norm,compressor=top-k:2,downlink=top-k:4",
                "ef21-adaptive,compressor=top-k:2,downlink=top-k:2+natural"));
    }

    @Test
    @OnlyInCi
    void runsPrivateArmsWithUnseededNoise() throws InterruptedException {
        Experiment experiment = experiment(
                "quadratic",
                3,
                null,
                1,
                12,
                1,
                "gd-norm,gamma=constant:0.1,privacy=clip:1:0.01,name=device",
                "ef21-storm-norm,gamma=constant:0.1,privacy=clip:1:0.01+by-coordinator,name=coordinator",
                "ef21-norm,gamma=constant:0.1,privacy=clip:1:0.01+in-shares,name=shares",
                "gd-norm,gamma=constant:0.1,name=open");
        List<ArmRun> here = SmallTrials.run(experiment, 1);
        List<ArmRun> there = overHttp(experiment, (arm, seed, round, x) -> true);
        for (int i = 0; i < here.size(); i++) {
            assertThat(there.get(i).points()).hasSize(13);
            assertThat(there.get(i).points().get(12).loss())
                    .isCloseTo(here.get(i).points().get(12).loss(), withinPercentage(5));
        }
        assertThat(there.get(0).points().get(12).loss())
                .isNotEqualTo(here.get(0).points().get(12).loss());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> overHttp(
                        experiment("quadratic", 3, null, 1, 2, 1, "ef21-norm,privacy=clip:1:1+not-fed-back"),
                        (arm, seed, round, x) -> true))
                .withMessageContaining("leave it out");
    }

    @Test
    @Tag("full")
    void boundsWhatAClientAddsToTheSum() throws InterruptedException {
        givesTheFiguresOfTheSimulation(experiment(
                "logistic",
                6,
                new GradientSettings.Draft(5, 1, 0.1),
                0.5,
                13,
                1,
                "ef21,gamma=0.3,compressor=top-k:2,robust=clip:1",
                "ef21-norm,compressor=rand-k:3,robust=clip:1.25,downlink=top-k:2+natural",
                "ef21-muon,compressor=top-k:2,robust=clip:1"));
    }

    @Test
    void countsTheBytesThatDevicesActuallyFetch() throws InterruptedException {
        Experiment experiment = experiment("quadratic", 3, null, 1, 4, 1, "ef21-norm,compressor=top-k:1");
        List<TrajectoryPoint> points =
                overHttp(experiment, (arm, seed, round, x) -> true).get(0).points();
        assertThat(points.get(0).downlinkBytes()).isZero();
        // At most 3 models of 8 float64 values in each round, with a header.
        assertThat(points.get(4).downlinkBytes()).isBetween(4L * 3 * 8, 4L * 3 * (8 * 8 * 2 + 100));
        assertThat(points.get(4).seconds()).isPositive();
    }

    @Test
    void stopsWhereARunDiverges() throws InterruptedException {
        Experiment experiment = experiment("quadratic", 2, null, 1, 50, 1, "gd,gamma=1000");
        Outcome expected = SmallTrials.run(experiment, 1).get(0).outcome();
        assertThat(expected.kind()).isEqualTo(Outcome.Kind.DIVERGED);
        ArmRun run = overHttp(experiment, (arm, seed, round, x) -> true).get(0);
        assertThat(run.outcome()).isEqualTo(expected);
        assertThat(run.points()).hasSize(expected.round());
    }

    @Test
    void endsOnRequest() throws InterruptedException {
        Experiment experiment = experiment("quadratic", 2, null, 1, 50, 1, "gd,gamma=0.1");
        ArmRun run = overHttp(experiment, (arm, seed, round, x) -> round < 3).get(0);
        assertThat(run.outcome().kind()).isEqualTo(Outcome.Kind.INTERRUPTED);
        assertThat(run.points()).hasSize(3);
    }
}
