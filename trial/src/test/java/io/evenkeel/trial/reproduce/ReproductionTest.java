package io.evenkeel.trial.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.measure.Summarizer;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.simulation.Trial;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReproductionTest {

    private static Summary run(Experiment experiment) throws InterruptedException {
        Trial trial = new Trial(experiment);
        List<ArmRun> runs = trial.run(2, (arm, seed, round, x) -> true, new Trial.Journal() {
            @Override
            public Optional<ArmRun> earlier(String arm, long seed) {
                return Optional.empty();
            }

            @Override
            public void ended(ArmRun run) {
                // Nothing is kept.
            }
        });
        return new Summarizer(experiment, trial.prepared(experiment.seeds().get(0)), runs, Map.of(), Clock.systemUTC())
                .summary();
    }

    @Test
    void agreesWithThePaperOnThePolynomialWithTheSmallestL1() throws InterruptedException {
        PolynomialReproduction polynomial = new PolynomialReproduction();
        Summary summary = run(polynomial.parts().get(0).experiment());
        assertThat(polynomial.findings(List.of(summary)))
                .contains("EF21 faster at first (‖∇f‖ < 100): **agrees**")
                .contains("‖EF21‖ first to ‖∇f‖ < 1e-2: **agrees**")
                .doesNotContain("disagrees");
    }

    @Test
    void runsLogisticRegressionOnDrawnDataWhereNoFileIsGiven() throws InterruptedException {
        LogisticReproduction logistic = new LogisticReproduction(List.of());
        assertThat(logistic.parts())
                .extracting(Reproduction.Part::name)
                .containsExactly("generated-equal", "generated-different");
        Summary summary = run(logistic.parts().get(0).experiment().withSeeds(List.of(1L, 2L)));
        assertThat(logistic.findings(List.of(summary)))
                .contains("| EF21 |")
                .contains("- normalized against EF21 at the theory's step: Higher loss (")
                .contains("reached by normalized in 0 of 2 runs, by EF21 in 2 of 2");
    }

    @Test
    void comparesTheOneSettingWithTheBestTunedStep() throws InterruptedException {
        TableReproduction table = new TableReproduction(List.of());
        Summary summary = run(table.parts().get(0).experiment().withSeeds(List.of(1L)));
        assertThat(table.findings(List.of(summary)))
                .containsPattern("\\| generated-equal, d = 60 \\| \\d+/\\d+ \\| \\d+/\\d+ ")
                .contains("the factor of 1.5 that was the aim");
    }

    @Test
    void ranksAlgorithmsByTheirRatiosToTunedEf21() throws InterruptedException {
        LeaderboardReproduction board = new LeaderboardReproduction(List.of());
        Experiment experiment = board.parts().get(4).experiment();
        List<ArmSettings> arms = List.of(
                ArmSettings.parse("gd,gamma=theory,name=gd-tuned"),
                ArmSettings.parse("ef21,gamma=theory*256,compressor=top-k:0.05,name=ef21-tuned"),
                ArmSettings.parse("ef21,gamma=theory*0.01,compressor=top-k:0.05,name=ef21-slow"));
        Summary summary = run(experiment.withArms(arms, "gd-tuned"));
        assertThat(board.findings(List.of(summary)))
                .contains("| `ef21-tuned` | 1.00 | 1.00 | 1.00 | 2 |")
                .containsPattern("\\| `ef21-slow` \\| \\d+\\.\\d+ \\| \\d+\\.\\d+ \\| \\d+\\.\\d+ \\| 0 \\|")
                .contains("## digits-softmax")
                .contains("| `ef21-slow` |  | - / - | - / - | - / - |");
    }

    /** The test's images are a problem with fewer arms than the others. */
    @Test
    void comparesLossyDownlinksWithTheLosslessOneAndImagesWithTheArmsThatTheyHave() throws InterruptedException {
        LeaderboardReproduction board = new LeaderboardReproduction(List.of());
        Experiment experiment = board.parts().get(4).experiment();
        ArmSettings gd = ArmSettings.parse("gd,gamma=theory,name=gd-tuned");
        ArmSettings ef21 = ArmSettings.parse("ef21,gamma=theory*256,compressor=top-k:0.05,name=ef21-tuned");
        ArmSettings lossy = ArmSettings.parse(
                "ef21,gamma=theory*64,compressor=top-k:0.05,downlink=top-k:0.1+natural,name=ef21-tuned-lossy");
        Summary all = run(experiment.withArms(List.of(gd, ef21, lossy), "gd-tuned"));
        Summary few = run(experiment.withArms(List.of(gd, ef21), "gd-tuned"));
        assertThat(board.findings(List.of(all, few)))
                .containsPattern("(?s)## All problems.*reached, of 2 .*`ef21-tuned-lossy`.*## With images")
                .containsPattern("## With images[^#]*reached, of 4 [^#]*`ef21-tuned` \\| 1.00 \\| 1.00 \\| 1.00 \\| 4 ")
                .containsPattern("## Lossy downlink[^#]*`ef21-tuned-lossy` \\| 2 \\| \\d+\\.\\d+ \\|")
                .doesNotContainPattern("## With images[^#]*-lossy");
        assertThat(board.findings(List.of(all))).doesNotContain("With images");
    }

    @Test
    void theLeaderboardTakesImagesWithAPerceptronAndFewArms(@TempDir Path folder) {
        Experiment experiment = new LeaderboardReproduction(List.of(folder))
                .parts().stream().reduce((first, last) -> last).orElseThrow().experiment();
        assertThat(experiment.data().source()).isEqualTo("images");
        assertThat(experiment.loss().kind()).isEqualTo("perceptron");
        assertThat(experiment.arms())
                .extracting(ArmSettings::name)
                .containsExactly(
                        "gd-tuned",
                        "ef21-tuned",
                        "ef21-adaptive",
                        "ef21-decrease",
                        "ef21-tuned-lossy",
                        "ef21-adaptive-lossy");
    }

    @Test
    void theLeaderboardTakesEachFileWithFullGradientsAndWithBatches() {
        LeaderboardReproduction board = new LeaderboardReproduction(List.of(Path.of("some.libsvm.gz")));
        assertThat(board.parts())
                .extracting(Reproduction.Part::name)
                .contains("digits-perceptron", "generated-absent")
                .endsWith("some", "some-batches");
        assertThat(board.parts()
                        .get(board.parts().size() - 1)
                        .experiment()
                        .gradient()
                        .batch())
                .isEqualTo(16);
    }
}
