package io.evenkeel.trial.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.FleetSettings;
import io.evenkeel.trial.experiment.HostileSettings;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostileClientsTest {

    private static final int ROUNDS = 60;

    private static List<ArmRun> run(@Nullable String hostile, String... arms) throws InterruptedException {
        Experiment experiment = new ExperimentDraft(
                        SmallTrials.source("quadratic"),
                        null,
                        new FleetSettings.Draft(10, null, null, null, null, null, hostile),
                        null,
                        null,
                        ROUNDS,
                        List.of(1L),
                        1,
                        List.of(),
                        null,
                        List.of(arms).stream().map(ArmSettings::parse).toList(),
                        null)
                .complete();
        return SmallTrials.run(experiment, 1);
    }

    private static double finalLoss(ArmRun run) {
        List<TrajectoryPoint> points = run.points();
        return points.get(points.size() - 1).loss();
    }

    @ParameterizedTest
    @CsvSource({"sign-flip, -6, 15", "inner-product, -6, -12", "little, -1, -2"})
    void theLastClientsReportHarmfulValues(String attack, double first, double second) {
        HostileClients clients = new HostileClients(new HostileSettings(attack, 0.4, 3), 5, 2);
        for (int round = 0; round < 2; round++) {
            clients.beginRound();
            double[][] gradients = {{1, 2}, {2, 4}, {3, 6}};
            for (int client = 0; client < 3; client++) {
                double[] gradient = gradients[client].clone();
                clients.pass(client, gradient);
                assertThat(gradient).containsExactly(gradients[client]);
            }
            double deviation = Math.sqrt(2.0 / 3);
            double[] expected = "little".equals(attack)
                    ? new double[] {2 - 3 * deviation, 4 - 6 * deviation}
                    : new double[] {first, second};
            double[] gradient = {2, -5};
            clients.pass(4, gradient);
            assertThat(gradient).containsExactly(expected, within(1e-12));
        }
    }

    @Test
    void clippingAboveAllNormsLeavesTheTrajectoryUnchanged() throws InterruptedException {
        List<ArmRun> runs = run(
                null,
                "ef21,gamma=0.5,compressor=top-k:2,name=plain",
                "ef21,gamma=0.5,compressor=top-k:2,robust=clip:1e9,name=clipped");
        assertThat(runs.get(0).points()).hasSize(ROUNDS + 1);
        for (int round = 0; round <= ROUNDS; round++) {
            assertThat(runs.get(1).points().get(round).loss())
                    .isCloseTo(runs.get(0).points().get(round).loss(), within(1e-9));
            assertThat(runs.get(1).points().get(round).uplinkBytes())
                    .isEqualTo(runs.get(0).points().get(round).uplinkBytes());
        }
    }

    @Test
    void clippingKeepsTheLossBoundedWhereTheSumDoesNot() throws InterruptedException {
        List<ArmRun> runs = run(
                "inner-product:0.1:20",
                "ef21,gamma=0.5,compressor=top-k:2,name=plain",
                "ef21,gamma=0.5,compressor=top-k:2,robust=clip:2,name=clipped");
        double start = runs.get(1).points().get(0).loss();
        assertThat(finalLoss(runs.get(1))).isLessThan(start);
        assertThat(finalLoss(runs.get(0))).isGreaterThan(2 * start);
    }

    @Test
    void theSameSeedGivesTheSameAttack() throws InterruptedException {
        String[] arms = {
            "ef21-norm,gamma=0.1,compressor=rand-k:3,robust=clip:2,name=a",
            "ef21,gamma=0.1,compressor=rand-k:3,robust=clip:2,name=b"
        };
        List<ArmRun> once = run("little:0.2:1.5", arms);
        List<ArmRun> again = run("little:0.2:1.5", arms);
        for (int arm = 0; arm < 2; arm++) {
            assertThat(finalLoss(again.get(arm))).isEqualTo(finalLoss(once.get(arm)));
        }
    }
}
