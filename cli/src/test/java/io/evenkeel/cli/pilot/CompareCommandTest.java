package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.result.TrajectoryCsv;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompareCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter errors = new StringWriter();

    private int compare(String... arguments) {
        List<String> all = new ArrayList<>(List.of("pilot", "compare"));
        all.addAll(List.of(arguments));
        CommandLine line = EvenkeelCommand.commandLine("pilot");
        line.setErr(new PrintWriter(errors, true));
        return line.execute(all.toArray(String[]::new));
    }

    private Path out(String name) {
        return folder.resolve(name);
    }

    private static Map<TrajectoryCsv.Key, List<TrajectoryPoint>> exact(Path folder) throws IOException {
        Map<TrajectoryCsv.Key, List<TrajectoryPoint>> all =
                ResultsFolder.open(folder).trajectories();
        all.replaceAll((key, points) -> points.stream()
                .map(p -> new TrajectoryPoint(
                        p.round(),
                        p.loss(),
                        p.gradNorm(),
                        p.testMetric(),
                        p.uplinkBytes(),
                        p.downlinkBytes(),
                        p.stepSize(),
                        p.directionNorm(),
                        p.epsilon(),
                        0))
                .toList());
        return all;
    }

    @Test
    void theFolderReproducesTheTrial() throws IOException {
        assertThat(compare(
                        "--data",
                        "digits",
                        "--rounds",
                        "6",
                        "--clients",
                        "5",
                        "--split",
                        "dirichlet",
                        "--batch",
                        "8",
                        "--arm",
                        "ef21-sgdm,gamma=0.1",
                        "--arm",
                        "ef21-sgdm-norm",
                        "--seeds",
                        "4,5",
                        "--out",
                        out("a").toString()))
                .isZero();
        ResultsFolder results = ResultsFolder.open(out("a"));
        Summary summary = results.summary();
        assertThat(summary.complete()).isTrue();
        assertThat(summary.arms()).extracting(ArmSummary::name).startsWith("gd").hasSize(3);
        assertThat(summary.verdict().yardstick()).isEqualTo("gd");
        assertThat(summary.arms().get(0).quality().testMetric().median()).isBetween(0.05, 1.0);
        assertThat(results.runs()).hasSize(6);
        assertThat(Files.exists(out("a").resolve("runs"))).isFalse();
        assertThat(compare("--file", out("a").resolve("experiment.yaml").toString(), "--out", out("b").toString()))
                .isZero();
        assertThat(exact(out("b"))).isEqualTo(exact(out("a")));
    }

    @Test
    void continuesAnInterruptedTrial() throws IOException {
        assertThat(compare(
                        "--data", "quadratic", "--rounds", "5", "--arm", "gd,gamma=0.1", "--out", out("a").toString()))
                .isZero();
        Experiment experiment = ExperimentFile.read(out("a").resolve("experiment.yaml"));
        ResultsFolder stopped = ResultsFolder.create(out("b"), experiment);
        TrajectoryPoint mark = new TrajectoryPoint(0, 7, 7, Double.NaN, 1, 1, 0.1, 7, Double.NaN, 0);
        stopped.keep(new ArmRun("gd-0.1", 2, new Outcome(Outcome.Kind.FINISHED, 5, ""), List.of(mark)));
        assertThat(compare("--resume", out("b").toString())).isZero();
        Map<TrajectoryCsv.Key, List<TrajectoryPoint>> resumed = exact(out("b"));
        assertThat(resumed.get(new TrajectoryCsv.Key("gd-0.1", 2))).containsExactly(mark);
        TrajectoryCsv.Key other = new TrajectoryCsv.Key("gd-0.1", 3);
        assertThat(resumed.get(other)).isEqualTo(exact(out("a")).get(other));
    }

    @Test
    void explainsRefusals() throws IOException {
        assertRefused(
                2, "there is no such file", "--data", out("absent.libsvm").toString(), "--out", out("1").toString());
        assertRefused(2, "leave out the others", "--file", "x.yaml", "--rounds", "3");
        assertRefused(2, "takes all settings from the folder", "--resume", "x", "--rounds", "3");
        assertRefused(1, "contains no trial", "--resume", out("none").toString());
        assertRefused(
                2,
                "exactly 2 different labels",
                "--data",
                "digits",
                "--loss",
                "logistic",
                "--out",
                out("2").toString());
        assertRefused(
                2,
                "arm 'ef21': 'ef21' takes plain steps",
                "--data",
                "digits",
                "--loss",
                "perceptron",
                "--arm",
                "ef21",
                "--out",
                out("3").toString());
        assertRefused(
                2,
                "needs no smoothness constants",
                "--data",
                "quadratic",
                "--arm",
                "ef21-norm,gamma=theory",
                "--out",
                out("4").toString());
        assertRefused(
                2,
                "compressor 'top-k:500'",
                "--data",
                "quadratic",
                "--compressor",
                "top-k:500",
                "--out",
                out("5").toString());
        assertRefused(2, "5 clients", "--data", tiny(), "--clients", "5", "--out", out("6").toString());
        compare("--data", "quadratic", "--rounds", "1", "--seeds", "1", "--out", out("7").toString());
        assertRefused(1, "replace it with --force", "--data", "quadratic", "--out", out("7").toString());
    }

    @Test
    void aRefusedCommandLeavesNoFolder() throws IOException {
        Path data = folder.resolve("yours.libsvm");
        Files.writeString(data, "1 1:1\n-1 2:x\n");
        String[] command = {"--data", data.toString(), "--clients", "1", "--rounds", "2", "--out", out("a").toString()};
        assertRefused(2, "yours.libsvm:2: the value of index 2 is 'x'", command);
        assertThat(out("a")).doesNotExist();
        Files.writeString(data, "1 1:1\n-1 2:1\n");
        assertThat(compare(command)).as(errors.toString()).isZero();
    }

    @Test
    void replacesATrialOnlyIfItIsForcedTo() throws IOException {
        String[] quick = {
            "--data", "quadratic", "--dimension", "5", "--arm", "gd,gamma=0.1", "--out", out("a").toString()
        };
        assertThat(compare(with(quick, "--rounds", "3", "--seeds", "1"))).isZero();
        Path note = Files.writeString(out("a").resolve("note.txt"), "mine");
        assertThat(compare(with(quick, "--rounds", "4", "--seeds", "1", "--force")))
                .as(errors.toString())
                .isZero();
        assertThat(ResultsFolder.open(out("a")).summary().problem().rounds()).isEqualTo(4);
        assertThat(note).hasContent("mine");
    }

    @Test
    void runsTheDefaultArmsOfAFirstLookWithTheirSearches() throws IOException {
        assertThat(compare(
                        "--data",
                        "quadratic",
                        "--dimension",
                        "5",
                        "--rounds",
                        "20",
                        "--quick",
                        "--out",
                        out("a").toString()))
                .as(errors.toString())
                .isZero();
        Summary summary = ResultsFolder.open(out("a")).summary();
        assertThat(summary.arms())
                .extracting(ArmSummary::name)
                .containsExactly("gd", "gd-norm", "ef21", "ef21-tuned", "ef21-norm", "ef21-adaptive");
        ArmSummary.Search search = Objects.requireNonNull(summary.arms().get(0).search());
        assertThat(search.candidates()).hasSize(4);
        assertThat(search.rounds()).isPositive();
        assertThat(summary.arms().get(0).runs().get(0).loss())
                .isEqualTo(search.candidates().stream()
                        .filter(each -> each.loss() != null)
                        .mapToDouble(ArmSummary.Candidate::loss)
                        .min()
                        .orElseThrow());
        assertThat(summary.verdict().yardstick()).isEqualTo("gd");
    }

    @Test
    void saysThatUnequalClientsCountTheSame() throws IOException {
        String[] unequal = {"--rounds", "4", "--split", "dirichlet", "--seeds", "1", "--arm", "gd-norm", "--out"};
        assertThat(compare(with(unequal, out("a").toString())))
                .as(errors.toString())
                .isZero();
        assertThat(compare(with(unequal, out("b").toString(), "--weights", "samples")))
                .as(errors.toString())
                .isZero();
        assertThat(out("a").resolve("report.html")).content().contains("each counts the same");
        assertThat(out("b").resolve("report.html")).content().doesNotContain("each counts the same");
    }

    @Test
    void remarksOnAnArmThatSendsMoreThanUncompressedTraining() throws IOException {
        String[] arms = {
            "--rounds", "4", "--seeds", "1", "--arm", "gd-norm", "--arm", "ef21-norm,compressor=top-k:0.01,name=sparse"
        };
        assertThat(compare(with(
                        arms,
                        "--arm",
                        "ef21-norm,compressor=identity+float64,name=thick",
                        "--out",
                        out("a").toString())))
                .as(errors.toString())
                .isZero();
        String remark =
                "Sent more bytes up than the uncompressed gd-norm in the same number of rounds: thick. Choose a sparser compressor.";
        assertThat(out("a").resolve("report.html")).content().contains(remark);
    }

    private static String[] with(String[] arguments, String... more) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void keepsATrialThatCannotContinue() throws IOException {
        Path file = Files.writeString(
                folder.resolve("gone.yaml"),
                "data:\n  source: libsvm\n  file: " + folder.resolve("gone.libsvm") + "\nrounds: 2\n");
        Experiment experiment = ExperimentFile.read(file);
        ResultsFolder.create(out("a"), experiment);
        assertRefused(2, "there is no such file", "--resume", out("a").toString());
        assertThat(out("a").resolve("experiment.yaml")).exists();
    }

    @Test
    void namesAnUnknownOptionInAFewLines() {
        assertRefused(2, "Unknown options: '--cleints', '3'", "--cleints", "3");
        assertThat(errors.toString()).contains("--clients").hasLineCount(3);
    }

    private String tiny() throws IOException {
        return Files.writeString(folder.resolve("tiny.libsvm"), "1 1:1\n-1 2:1\n")
                .toString();
    }

    private void assertRefused(int code, String message, String... arguments) {
        errors.getBuffer().setLength(0);
        assertThat(compare(arguments)).as(message).isEqualTo(code);
        assertThat(errors.toString()).contains(message);
    }
}
