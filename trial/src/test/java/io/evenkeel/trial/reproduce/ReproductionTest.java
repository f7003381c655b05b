package io.evenkeel.trial.reproduce;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.measure.Summarizer;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.simulation.Trial;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
                // Stores nothing.
            }
        });
        return new Summarizer(experiment, trial.prepared(experiment.seeds().get(0)), runs, Map.of(), Clock.systemUTC())
                .summary();
    }

    private static Reproduction of(String name) {
        return Reproduction.of(name, List.of(), "0.1.0", false);
    }

    private static Reproduction leaderboard(List<Path> files) {
        return Reproduction.of("leaderboard", files, "0.1.0", false);
    }

    private static Experiment generated(Reproduction board) {
        return part(board, "generated-equal").experiment();
    }

    private static Reproduction.Part part(Reproduction board, String name) {
        return board.parts().stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void agreesWithThePaperOnThePolynomialWithTheSmallestL1() throws InterruptedException {
        Reproduction polynomial = of("polynomial");
        Summary summary = run(polynomial.parts().get(0).experiment());
        assertThat(polynomial.findings(List.of(summary)))
                .contains("EF21 faster at first (‖∇f‖ < 100): **agrees**")
                .contains("‖EF21‖ first to ‖∇f‖ < 1e-2: **agrees**")
                .doesNotContain("disagrees");
    }

    @Test
    void runsLogisticRegressionOnGeneratedDataIfNoFileIsGiven() throws InterruptedException {
        Reproduction logistic = of("logistic");
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
    @OnlyInCi
    void comparesTheOneSettingWithTheBestTunedStep() throws InterruptedException {
        // Listing the names does not read the file.
        Reproduction table = Reproduction.of("table", List.of(Path.of("some.libsvm")), "0.1.0", false);
        List<Reproduction.Part> parts = table.parts();
        assertThat(parts)
                .extracting(Reproduction.Part::name)
                .containsExactly("some-table", "some-search", "generated-equal-search", "generated-different-search");
        Summary summary = run(parts.get(2).experiment().withSeeds(List.of(1L)));
        assertThat(table.findings(List.of(summary, summary, summary)))
                .containsPattern("\\| generated-equal, d = 60 \\| \\d+/\\d+ \\| \\d+/\\d+ ")
                .contains("the factor of 1.5 that was the aim");
    }

    @Test
    void ranksAlgorithmsByTheirRatiosToTunedEf21() throws InterruptedException {
        Reproduction board = leaderboard(List.of());
        Experiment experiment = generated(board);
        List<ArmSettings> arms = List.of(
                ArmSettings.parse("gd,gamma=theory,name=gd-tuned"),
                ArmSettings.parse("ef21,gamma=theory*256,compressor=top-k:0.05,name=ef21-tuned"),
                ArmSettings.parse("ef21,gamma=theory*0.01,compressor=top-k:0.05,name=ef21-slow"));
        Summary summary = run(experiment.withArms(arms, "gd-tuned"));
        assertThat(board.findings(List.of(summary)))
                .contains("| `ef21-tuned` | 1.00 | 1.00 | 1.00 | 1.00 | 1.00 | 2 |")
                .containsPattern("\\| `ef21-slow` (\\| \\d+\\.\\d+ ){5}\\| 0 \\|")
                .contains("| digits-softmax | ");
        assertThat(board.figures(List.of(summary)).lines())
                .hasSize(5)
                .anySatisfy(line -> assertThat(line).startsWith("digits-softmax,ef21-slow,,,,,,,,"));
    }

    /** This test's images form a problem with fewer arms than the others. */
    @Test
    void comparesLossyDownlinksWithTheLosslessOneAndImagesWithTheArmsThatTheyHave() throws InterruptedException {
        Reproduction board = leaderboard(List.of());
        Experiment experiment = generated(board);
        ArmSettings gd = ArmSettings.parse("gd,gamma=theory,name=gd-tuned");
        ArmSettings ef21 = ArmSettings.parse("ef21,gamma=theory*256,compressor=top-k:0.05,name=ef21-tuned");
        ArmSettings lossy = ArmSettings.parse(
                "ef21,gamma=theory*64,compressor=top-k:0.05,downlink=top-k:0.1+natural,name=ef21-tuned-lossy");
        Summary all = run(experiment.withArms(List.of(gd, ef21, lossy), "gd-tuned"));
        Summary few = run(experiment.withArms(List.of(gd, ef21), "gd-tuned"));
        assertThat(board.findings(List.of(all, few)))
                .containsPattern("(?s)## All problems.*reached, of 2 .*`ef21-tuned-lossy`.*## With images")
                .containsPattern("## With images[^#]*reached, of 4 [^#]*`ef21-tuned` (\\| 1.00 ){5}\\| 4 ")
                .containsPattern("## Lossy downlink[^#]*`ef21-tuned-lossy` \\| 2 \\| \\d+\\.\\d+ \\|")
                .doesNotContainPattern("## With images[^#]*-lossy");
        assertThat(board.findings(List.of(all))).doesNotContain("With images");
    }

    @Test
    void theLeaderboardTakesImagesWithAPerceptronAndFewArms(@TempDir Path folder) {
        Experiment experiment = leaderboard(List.of(folder)).parts().stream()
                .reduce((first, last) -> last)
                .orElseThrow()
                .experiment();
        assertThat(experiment.data().source()).isEqualTo("images");
        assertThat(experiment.loss().kind()).isEqualTo("perceptron");
        assertThat(experiment.arms())
                .extracting(ArmSettings::name)
                .containsExactly(
                        "gd-tuned",
                        "ef21-tuned@0",
                        "ef21-tuned@1",
                        "ef21-tuned@2",
                        "ef21-tuned@3",
                        "ef21-tuned@4",
                        "ef21-adaptive",
                        "ef21-decrease",
                        "ef21-tuned-lossy",
                        "ef21-adaptive-lossy");
    }

    @Test
    void theLeaderboardTakesEachFileWithFullGradientsAndWithBatches() {
        Reproduction board = leaderboard(List.of(Path.of("some.libsvm.gz")));
        assertThat(board.parts())
                .extracting(Reproduction.Part::name)
                .contains("digits-perceptron", "generated-absent")
                .endsWith("some", "some-batches", "some-l2", "some-unequal");
        assertThat(part(board, "some-batches").experiment().gradient().batch()).isEqualTo(16);
        assertThat(part(board, "some-l2").experiment().loss().regularizer()).isEqualTo("l2");
        assertThat(part(board, "some-unequal").experiment().fleet().split()).isEqualTo("dirichlet");
    }

    @Test
    void theLeaderboardHasTheStepOfTheLeastLossAndTheBestStepForEachTarget() throws InterruptedException {
        Reproduction board = leaderboard(List.of());
        ArmSettings gd = ArmSettings.parse("gd,gamma=theory,name=gd-tuned");
        List<ArmSettings> steps = ArmSettings.parse(
                        "ef21,gamma=best-of:theory*32|theory*128|theory*512,compressor=top-k:0.05,name=ef21-tuned")
                .candidates();
        List<ArmSettings> arms = Stream.concat(Stream.of(gd), steps.stream()).toList();
        Summary summary = run(generated(board).withArms(arms, "gd-tuned"));
        Summary seen = Yardsticks.of(summary);
        assertThat(seen.arms()).extracting(ArmSummary::name).containsExactly("gd-tuned", "ef21-tuned", "ef21-best");
        ArmSummary tuned = seen.arms().get(1);
        ArmSummary best = seen.arms().get(2);
        for (ArmSummary step : summary.arms().subList(1, 4)) {
            assertThat(tuned.quality().loss().median())
                    .isLessThanOrEqualTo(step.quality().loss().median());
            for (int target = 0; target < 2; target++) {
                Double rounds = step.reaches().get(target).rounds().median();
                if (rounds != null) {
                    assertThat(best.reaches().get(target).rounds().median()).isLessThanOrEqualTo(rounds);
                }
            }
        }
        assertThat(board.findings(List.of(summary)))
                .containsPattern("\\| `ef21-best` \\| [01]\\.\\d+ \\| [01]\\.\\d+ \\| 1.00 \\| 1.00 ")
                .contains("## By kind of problem")
                .doesNotContain("ef21-tuned@");
    }

    @Test
    void eachReleaseDrawsItsOwnProblem() {
        DrawnProblem first = DrawnProblem.of("0.1.0");
        assertThat(DrawnProblem.of("0.1.0")).isEqualTo(first);
        assertThat(DrawnProblem.of("0.2.0").settings()).isNotEqualTo(first.settings());
        Experiment release = part(leaderboard(List.of()), "drawn").experiment();
        Experiment snapshot = part(Reproduction.of("leaderboard", List.of(), "0.1.0-SNAPSHOT", true), "drawn")
                .experiment();
        assertThat(snapshot.data()).isEqualTo(release.data());
        assertThat(snapshot.seeds()).isEqualTo(release.seeds()).isNotEqualTo(List.of(1L));
    }

    @Test
    void aQuickLeaderboardHasFewerRoundsArmsAndProblems() {
        Reproduction quick = Reproduction.of("leaderboard", List.of(), "0.1.0", true);
        Reproduction whole = leaderboard(List.of());
        assertThat(quick.parts()).hasSizeLessThan(whole.parts().size());
        Experiment few = generated(quick);
        assertThat(few.rounds()).isLessThan(generated(whole).rounds());
        assertThat(few.arms()).hasSizeLessThan(generated(whole).arms().size());
        assertThat(quick.introduction()).contains("with `--quick`");
    }
}
