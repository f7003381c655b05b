package io.evenkeel.trial.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.RenyiAccountant;
import io.evenkeel.trial.experiment.ArmPrivacy;
import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.FleetSettings;
import io.evenkeel.trial.experiment.StartSettings;
import io.evenkeel.trial.result.ArmRun;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivateArmTest {

    private static Experiment experiment(String... arms) {
        return experiment(new FleetSettings.Draft(6, null, null, null, null, null, null), arms);
    }

    private static Experiment experiment(FleetSettings.Draft fleet, String... arms) {
        return new ExperimentDraft(
                        SmallTrials.source("quadratic"),
                        null,
                        fleet,
                        null,
                        new StartSettings.Draft(null, null),
                        40,
                        List.of(1L),
                        1,
                        List.of(),
                        null,
                        List.of(arms).stream().map(ArmSettings::parse).toList(),
                        null)
                .complete();
    }

    private static double lastNorm(ArmRun run) {
        return run.points().get(run.points().size() - 1).gradNorm();
    }

    private static List<ArmRun> run(String... arms) throws InterruptedException {
        return SmallTrials.run(experiment(arms), 1);
    }

    @Test
    void feedsTheNoiseBackOrNotAndRepeatsItsDraws() throws InterruptedException {
        String fed = "ef21-norm,gamma=constant:0.1,privacy=smoothed:1:1:5,name=fed";
        String apart = "ef21-norm,gamma=constant:0.1,privacy=smoothed:1:1:5+not-fed-back,name=apart";
        String quiet = "ef21-norm,gamma=constant:0.1,privacy=smoothed:1:1:0.01,name=quiet";
        String open = "ef21-norm,gamma=constant:0.1,compressor=identity,name=open";
        List<ArmRun> first = run(fed, apart, quiet, open, "gd-norm,privacy=clip:1:5,name=bare");
        List<ArmRun> second = run(fed, apart, quiet, open, "gd-norm,privacy=clip:1:5,name=bare");

        for (int arm = 0; arm < first.size(); arm++) {
            assertThat(lastNorm(first.get(arm))).isEqualTo(lastNorm(second.get(arm)));
        }
        assertThat(lastNorm(first.get(0))).isNotEqualTo(lastNorm(first.get(1)));
        assertThat(lastNorm(first.get(2))).isLessThan(lastNorm(first.get(0)));
        assertThat(first.get(0).points().get(40).uplinkBytes())
                .isEqualTo(first.get(1).points().get(40).uplinkBytes());
    }

    @Test
    void statesTheEpsilonOfTheClientWithTheMostMessages() throws InterruptedException {
        ArmRun all = run("gd-norm,privacy=clip:1:20", "gd,gamma=0.1,name=open").get(0);
        assertThat(all.points().get(0).epsilon()).isZero();
        assertThat(all.points().get(40).epsilon()).isEqualTo(RenyiAccountant.epsilon(10, 40, 1e-6));
        assertThat(run("gd,gamma=0.1,name=open").get(0).points().get(40).epsilon())
                .isNaN();

        ArmRun some = SmallTrials.run(
                        experiment(
                                new FleetSettings.Draft(6, null, null, null, 0.5, null, null),
                                "gd-norm,privacy=clip:1:20+by-coordinator"),
                        1)
                .get(0);
        assertThat(some.points().get(40).epsilon())
                .isBetween(RenyiAccountant.epsilon(10, 20, 1e-6), RenyiAccountant.epsilon(10, 39, 1e-6));
    }

    @Test
    void noiseOnTheSumDisturbsLessThanNoiseOfEachClient() throws InterruptedException {
        List<ArmRun> runs = run(
                "gd-norm,gamma=constant:0.1,privacy=clip:1:5,name=clients",
                "gd-norm,gamma=constant:0.1,privacy=clip:1:5+by-coordinator,name=sum",
                "ef21-norm,gamma=constant:0.1,privacy=clip:1:1+by-coordinator,name=fed",
                "gd-norm,gamma=constant:0.1,name=open");
        assertThat(runs).allMatch(arm -> arm.points().size() == 41);
        // The two differ by the square root of the number of clients, which is 6.
        assertThat(lastNorm(runs.get(1))).isLessThan(lastNorm(runs.get(0))).isGreaterThan(lastNorm(runs.get(3)));
        assertThat(lastNorm(run("gd-norm,gamma=constant:0.1,privacy=clip:1:5+by-coordinator,name=sum")
                        .get(0)))
                .isEqualTo(lastNorm(runs.get(1)));
    }

    @Test
    void noiseInSharesDisturbsTheSumLikeTheCoordinatorsNoise() throws InterruptedException {
        List<ArmRun> runs = run(
                "gd-norm,gamma=constant:0.1,privacy=clip:1:5+in-shares,name=shares",
                "gd-norm,gamma=constant:0.1,privacy=clip:1:5,name=clients",
                "gd-norm,gamma=constant:0.1,privacy=clip:1:5+by-coordinator,name=sum",
                "ef21-norm,gamma=constant:0.1,privacy=clip:1:0.01+in-shares,name=fed",
                "ef21-norm,gamma=constant:0.1,privacy=clip:1:0.01+by-coordinator,name=fed-sum");
        assertThat(lastNorm(runs.get(0))).isLessThan(lastNorm(runs.get(1))).isNotEqualTo(lastNorm(runs.get(2)));
        // The noise is negligible, and the normalized steps are not yet longer than the remaining distance.
        double fed = runs.get(3).points().get(10).gradNorm();
        assertThat(fed).isCloseTo(runs.get(4).points().get(10).gradNorm(), withinPercentage(1));
        // In each round, 6 masked vectors with 4 bytes per value, plus two words and 37 bytes.
        assertThat(runs.get(0).points().get(40).uplinkBytes()).isEqualTo(40L * 6 * (37 + 4 * (8 + 2)));
    }

    @ParameterizedTest
    @CsvSource({"6, 1, 6, 5", "10, 0.5, 5, 4", "100, 1, 90, 85", "500, 1, 450, 425"})
    void countsOnTheDevicesThatNeitherDropOutNorCollude(int clients, double share, int fewest, int honest) {
        int participants = (int) (clients * share);
        ArmPrivacy privacy = ArmPrivacy.parse("clip:1:5+in-shares");
        assertThat(ArmPrivacy.fewestInSum(participants)).isEqualTo(fewest);
        CohortNoise shares = privacy.shares(participants, 20);
        assertThat(shares.honest()).isEqualTo(honest);
        assertThat(shares.grid().deviation()
                        * Math.sqrt((double) honest)
                        / shares.grid().bound())
                .isCloseTo(5, withinPercentage(0.01));
    }

    @Test
    void refusesNoiseInSharesOfTooFewOrUnequalClients() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ArmPrivacy.parse("clip:1:5+in-shares").shares(2, 20))
                .withMessageContaining("rounds of 2 clients, expected at least 3: raise fleet.clients");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ArmPrivacy.parse("clip:1e30:5+in-shares").shares(6, 20))
                .withMessageContaining("+in-shares: the exponent is 0");
        FleetSettings.Draft weighted = new FleetSettings.Draft(6, null, null, "samples", null, null, null);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> experiment(weighted, "gd-norm,privacy=clip:1:5+in-shares"))
                .withMessageContaining("fleet.weights is samples: take equal");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SmallTrials.run(
                        experiment(
                                new FleetSettings.Draft(2, null, null, null, null, null, null),
                                "gd-norm,name=few,privacy=clip:1:5+in-shares"),
                        1))
                .withMessageContaining("arm 'few': privacy +in-shares");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ef21-norm,privacy=clip:1 | is not a mechanism",
                "ef21-norm,compressor=top-k:0.1,privacy=clip:1:5 | reveals information about the data",
                "ef14,gamma=0.1,privacy=clip:1:5 | adds up everything",
                "ef14-decay,gamma=0.1,privacy=clip:1:5 | adds up everything",
                "gd-norm,privacy=clip:1:5+not-fed-back | leave out +not-fed-back",
                "ef21,privacy=clip:1:5 | set gamma",
            })
    void refusesInvalidPrivacy(String arm, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ArmSettings.parse(arm))
                .withMessageContaining(message);
    }

    @Test
    void theNoiseCanBeSwept() {
        ArmSettings arm = ArmSettings.parse("ef21-norm,privacy=smoothed:1:0.5:5+not-fed-back");
        assertThat(arm.withNoise(20).privacy()).isEqualTo("smoothed:1.0:0.5:20.0+not-fed-back");
        ArmSettings central = ArmSettings.parse("gd-norm,privacy=clip:0.5:5+by-coordinator");
        assertThat(central.withNoise(20).privacy()).isEqualTo("clip:0.5:20.0+by-coordinator");
        ArmSettings shares = ArmSettings.parse("gd-norm,privacy=clip:0.5:5+in-shares");
        assertThat(shares.withNoise(20).privacy()).isEqualTo("clip:0.5:20.0+in-shares");
        assertThat(ArmSettings.parse("gd").withNoise(20).privacy()).isNull();
        assertThat(arm.compressorText()).isEqualTo("identity");
    }
}
