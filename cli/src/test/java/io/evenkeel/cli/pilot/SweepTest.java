package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class SweepTest {

    @TempDir
    private Path folder;

    private final StringWriter errors = new StringWriter();

    private int sweep(String... arguments) {
        List<String> all = new ArrayList<>(List.of("pilot", "sweep"));
        all.addAll(List.of(arguments));
        CommandLine line = EvenkeelCommand.commandLine("pilot");
        line.setErr(new PrintWriter(errors, true));
        return line.execute(all.toArray(String[]::new));
    }

    private Path grid(String name) {
        Path out = folder.resolve(name);
        int code = sweep(
                "--data",
                "quadratic",
                "--dimension",
                "6",
                "--clients",
                "3",
                "--rounds",
                "80",
                "--seeds",
                "1",
                "--compressor",
                "top-k:1",
                "--axis",
                "step=1,4,1e9",
                "--axis",
                "compressor=top-k:1,identity",
                "--out",
                out.toString());
        assertThat(code).as(errors.toString()).isZero();
        return out;
    }

    @Test
    void runsEveryCellAndAnswersInWords() throws IOException {
        Path out = grid("a");
        assertThat(Files.readAllLines(out.resolve("sweep.csv"))).hasSize(1 + 3 * 3 * 2);
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("How sensitive is each method to its step size?")
                .contains(
                        "ef21 with compressor top-k:1: never reached ‖∇f‖ &lt; 0.01 at any of these steps; diverged at 1e9x (round ")
                .contains(
                        "ef21 with compressor identity: best at 1x (the end of the grid, so that one beyond may be better), ")
                .contains("How do compression and normalization interact?")
                .contains(
                        "accumulated-norm against the best plain method, rounds to ‖∇f‖ &lt; 0.01: at top-k:1 it is unknown, because the"
                                + " grid ends, or has a gap, at the best step of ef21; at identity ")
                .contains("Try more step sizes there before you rely on this.")
                .doesNotContain("only the normalized one gets there")
                .contains("Does normalization over-smooth here?")
                .contains("class=\"empty failed\"")
                .doesNotContain("NaN");
        assertThat(out.resolve("cells").resolve("000_step-1_compressor-top-k-1").resolve("report.html"))
                .exists();
    }

    @Test
    void continuesWhereItStoppedWithTheSameBytes() throws IOException {
        Path out = grid("a");
        String csv = Files.readString(out.resolve("sweep.csv"));
        String report = Files.readString(out.resolve("report.html"));
        Path lost = out.resolve("cells").resolve("003_step-4_compressor-identity");
        Path kept =
                out.resolve("cells").resolve("000_step-1_compressor-top-k-1").resolve("summary.json");
        String before = Files.readString(kept);
        try (var files = Files.walk(lost)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        Files.delete(out.resolve("sweep.csv"));
        Files.delete(out.resolve("report.html"));
        assertThat(sweep("--resume", out.toString())).isZero();
        assertThat(Files.readString(out.resolve("sweep.csv"))).isEqualTo(csv);
        assertThat(Files.readString(out.resolve("report.html"))).isEqualTo(report);
        assertThat(Files.readString(kept))
                .as("a cell that was done is not run again")
                .isEqualTo(before);
    }

    @Test
    void runsAgainFromItsOwnFile() throws IOException {
        Path out = grid("a");
        Path again = folder.resolve("b");
        assertThat(sweep("--file", out.resolve("sweep.yaml").toString(), "--out", again.toString()))
                .isZero();
        assertThat(again.resolve("sweep.csv")).hasSameTextualContentAs(out.resolve("sweep.csv"));
    }

    @Test
    void replacesAnEarlierSweepOnlyWithForceAndLeavesOtherFiles() throws IOException {
        Path out = grid("a");
        Path mine = Files.writeString(out.resolve("notes.txt"), "mine");
        String plan = out.resolve("sweep.yaml").toString();
        String csv = Files.readString(out.resolve("sweep.csv"));
        assertThat(sweep("--file", plan, "--out", out.toString())).isEqualTo(1);
        assertThat(errors.toString()).contains("holds a sweep already").contains("--force");
        Path old = out.resolve("cells").resolve("000_step-1_compressor-top-k-1");
        Files.writeString(
                out.resolve("sweep.yaml"), Files.readString(Path.of(plan)).replace("rounds: 80", "rounds: 70"));

        assertThat(sweep("--file", plan, "--out", out.toString(), "--force"))
                .as(errors.toString())
                .isZero();
        assertThat(Files.readString(out.resolve("sweep.csv"))).isNotEqualTo(csv);
        assertThat(Files.readString(old.resolve("experiment.yaml"))).contains("rounds: 70");
        assertThat(mine).hasContent("mine");
    }

    @Test
    void explainsRefusals() {
        assertRefused("0 axes", "--data", "quadratic");
        assertRefused("expected NAME=VALUE", "--data", "quadratic", "--axis", "step");
        assertRefused("expected two or more, each once", "--data", "quadratic", "--axis", "step=1,1");
        assertRefused("'x' is not a number", "--data", "quadratic", "--axis", "step=1,x");
        assertRefused("no setting 'fleet.cleints'", "--data", "quadratic", "--axis", "fleet.cleints=1,2");
        assertRefused("has no samples", "--data", "quadratic", "--axis", "label-noise=0,0.1");
        assertRefused("both axes are 'step'", "--data", "quadratic", "--axis", "step=1,2", "--axis", "step=1,3");
        assertRefused("has no ratio", "--data", "quadratic", "--compressor", "sign", "--axis", "ratio=0.1,0.2");
        assertRefused("leave out --file, --out, --force, --axis", "--resume", "x", "--axis", "step=1,2");
        assertThat(sweep("--resume", folder.resolve("none").toString())).isEqualTo(1);
    }

    @Test
    void aRefusedCommandLeavesNoFolder() {
        Path out = folder.resolve("r");
        assertRefused("no such file", "--data", "absent.libsvm", "--axis", "step=1,2", "--out", out.toString());
        assertThat(out).doesNotExist();
    }

    private void assertRefused(String message, String... arguments) {
        errors.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of(arguments));
        assertThat(sweep(all.toArray(String[]::new))).as(message).isEqualTo(2);
        assertThat(errors.toString()).contains(message);
    }
}
