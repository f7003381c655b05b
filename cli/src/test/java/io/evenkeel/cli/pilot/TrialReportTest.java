package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import io.evenkeel.trial.result.ArmSummary;
import io.evenkeel.trial.result.Comparison;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.TextFormat;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;
import picocli.CommandLine;

class TrialReportTest {

    @TempDir
    private Path folder;

    private final StringWriter errors = new StringWriter();

    private int pilot(String... arguments) {
        List<String> all = new ArrayList<>(List.of("pilot"));
        all.addAll(List.of(arguments));
        CommandLine line = EvenkeelCommand.commandLine("pilot");
        line.setErr(new PrintWriter(errors, true));
        line.setOut(new PrintWriter(new StringWriter()));
        return line.execute(all.toArray(String[]::new));
    }

    private Path trial(String name, String... more) {
        Path out = folder.resolve(name);
        List<String> all = new ArrayList<>(List.of(
                "compare",
                "--data",
                "quadratic",
                "--dimension",
                "6",
                "--clients",
                "3",
                "--rounds",
                "60",
                "--compressor",
                "top-k:2",
                "--out",
                out.toString()));
        all.addAll(List.of(more));
        assertThat(pilot(all.toArray(String[]::new))).as(errors.toString()).isZero();
        return out;
    }

    private static String page(Path folder) throws IOException {
        return Files.readString(folder.resolve("report.html"));
    }

    private static Document parsed(String page) throws Exception {
        return DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(page.replace("<!DOCTYPE html>", ""))));
    }

    @Test
    void hasTheFiguresOfTheSummary() throws IOException {
        Path trial = trial("a", "--seeds", "1,2,3");
        String page = page(trial);
        Summary summary = ResultsFolder.open(trial).summary();
        assertThat(summary.targets()).isNotEmpty();
        for (ArmSummary arm : summary.arms()) {
            assertThat(page).contains(TextFormat.spread(arm.quality().loss(), value -> TextFormat.loss(value)));
            for (ArmSummary.Reach reach : arm.reaches()) {
                assertThat(page).contains("<td>" + TextFormat.spread(reach.uplinkBytes(), TextFormat::bytes) + "</td>");
            }
        }
        for (Comparison comparison : summary.comparisons()) {
            assertThat(page).contains("class=\"card " + comparison.verdict() + "\"");
        }
    }

    @Test
    void isOneWellFormedFileThatFetchesAndRunsNothing() throws Exception {
        String page = page(trial("a"));
        assertThat(parsed(page).getElementsByTagName("svg").getLength()).isGreaterThan(6);
        assertThat(page.replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http://")
                .doesNotContain("https://")
                .doesNotContain("src=")
                .doesNotContain("href=")
                .doesNotContain("<script")
                .doesNotContain("@import")
                .doesNotContain("NaN")
                .contains("default-src 'none'")
                .contains("prefers-color-scheme: dark")
                .contains("@media print");
    }

    @Test
    void escapesTheNameOfAHostileFile() throws Exception {
        Path data = folder.resolve("<img src=x onerror=alert(1)>.libsvm");
        Files.writeString(data, "1 1:1 2:1\n-1 2:1\n1 1:0.5\n-1 1:-1\n");
        Path out = folder.resolve("h");
        assertThat(pilot(
                        "compare",
                        "--data",
                        data.toString(),
                        "--clients",
                        "2",
                        "--rounds",
                        "5",
                        "--out",
                        out.toString()))
                .isZero();
        parsed(page(out));
        assertThat(page(out)).doesNotContain("<img").contains("&lt;img src=x onerror=alert(1)&gt;.libsvm");
    }

    @Test
    void showsFailuresAsTheyAre() throws IOException {
        Path trial = trial(
                "a",
                "--seeds",
                "1",
                "--target",
                "grad-norm:1e-12",
                "--arm",
                "ef21",
                "--arm",
                "ef21,gamma=1e9,name=wild");
        assertThat(page(trial))
                .contains("wild diverged in 1 of 1 runs: in round")
                .contains("Never reached ‖∇f‖ &lt; 10⁻¹² within 60 rounds: gd, ef21, wild.")
                .contains("One seed has no intervals and no tests")
                .contains("✕ wild diverged in 1 of 1 runs, first in round")
                .contains("▼ worse");
    }

    @Test
    void isReproducedFromOnlyTheFolder() throws IOException {
        Path trial = trial("a", "--seeds", "1,2");
        String first = page(trial);
        Files.delete(trial.resolve("report.html"));
        assertThat(pilot("report", trial.toString())).isZero();
        assertThat(page(trial)).isEqualTo(first);
    }

    @Test
    void reportsSeveralTrialsInOnePage() throws Exception {
        Path a = trial("a", "--seeds", "1");
        Path b = trial("b", "--seeds", "2");
        Path both = folder.resolve("both.html");
        assertThat(pilot("report", a.toString(), b.toString(), "--out", both.toString()))
                .isZero();
        String page = Files.readString(both);
        parsed(page);
        assertThat(page)
                .contains("The trials at a glance")
                .contains("id=\"t0-clip")
                .contains("id=\"t1-clip");
    }

    @Test
    void refusesAFolderWithoutATrial() {
        assertThat(pilot("report", folder.toString())).isEqualTo(1);
        assertThat(errors.toString()).contains("contains no trial");
    }
}
