package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import io.evenkeel.trial.result.ResultsFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StudyCommandTest {

    @TempDir
    private Path folder;

    private static Path made = Path.of("");

    @BeforeAll
    static void choose(@TempDir Path parent) {
        made = parent.resolve("study");
    }

    private final StringWriter errors = new StringWriter();

    private int study(String... arguments) {
        List<String> all = new ArrayList<>(List.of("pilot", "study"));
        all.addAll(List.of(arguments));
        CommandLine line = EvenkeelCommand.commandLine("pilot");
        line.setErr(new PrintWriter(errors, true));
        return line.execute(all.toArray(String[]::new));
    }

    /** Returns a copy of a small study, which is created only once. */
    private Path small() throws IOException {
        if (!Files.exists(made)) {
            assertThat(small(made)).as(errors.toString()).isZero();
        }
        Path out = folder.resolve("study");
        try (Stream<Path> files = Files.walk(made)) {
            for (Path file : files.toList()) {
                Files.copy(file, out.resolve(made.relativize(file)));
            }
        }
        return out;
    }

    private int small(Path out, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--data",
                "logistic",
                "--dimension",
                "5",
                "--samples-per-client",
                "10",
                "--clients",
                "3",
                "--rounds",
                "20",
                "--quick",
                "--out",
                out.toString()));
        arguments.addAll(List.of(more));
        return study(arguments.toArray(String[]::new));
    }

    @Test
    void replacesAnEarlierStudyOnlyWithForce() throws IOException {
        Path out = small();
        Path summary = out.resolve("cells/step/000_step-0.0625/summary.json");
        Files.writeString(summary, "{}");
        assertThat(small(out)).isEqualTo(1);
        assertThat(errors.toString()).contains("holds a study already").contains("--force");
        assertThat(summary).hasContent("{}");

        assertThat(small(out, "--force")).as(errors.toString()).isZero();
        assertThat(Files.readString(summary)).contains("targets");
    }

    @Test
    void answersEachQuestionFromItsSweep() throws IOException {
        Path out = small();
        assertThat(Files.readString(out.resolve("report.html")))
                .contains("Does normalization allow larger steps?")
                .contains("Does normalization help more with stronger compression?")
                .contains("Does normalization help with label noise?")
                .contains("Does normalization over-smooth with different clients?")
                .contains("Where does normalization not help?")
                .contains("ef21-norm at label-noise 0.3 ")
                .contains("one seed: a first impression")
                .contains("a difference of 0.5 percentage points counts")
                .contains("Sweep over step and heterogeneity", "How sensitive is each method to its step size?")
                .doesNotContain("NaN");
        // A header, and three methods for each of six step sizes, alone and with each of the two values of three axes.
        List<String> csv = Files.readAllLines(out.resolve("study.csv"));
        assertThat(csv).hasSize(1 + 3 * (6 + 3 * 6 * 2));
        assertThat(csv.get(0))
                .startsWith("topic,arm,step,compressor,label-noise,")
                .endsWith(",best_step,result");
        assertThat(csv.stream().filter(line -> line.startsWith("compression,") && line.contains(",true,")))
                .as("the best step of each method at both values")
                .hasSize(3 * 2);
    }

    @Test
    void aStudyIsResumedWhereItStopped() throws IOException {
        Path out = small();
        String report = Files.readString(out.resolve("report.html"));
        Path done = out.resolve("cells/step/000_step-0.0625");
        String summary = Files.readString(done.resolve("summary.json"));
        Path undone = out.resolve("cells/label-noise/003_step-0.5_label-noise-0");
        delete(undone);
        Files.delete(out.resolve("report.html"));

        assertThat(study("--resume", out.toString())).as(errors.toString()).isZero();
        assertThat(Files.readString(out.resolve("report.html"))).isEqualTo(report);
        assertThat(ResultsFolder.open(undone).isComplete()).isTrue();
        assertThat(Files.readString(done.resolve("summary.json"))).as("kept").isEqualTo(summary);
    }

    private static void delete(Path whole) throws IOException {
        try (Stream<Path> files = Files.walk(whole)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aMissingFileLeavesNoFolder() {
        Path out = folder.resolve("study");
        assertThat(study("--data", folder.resolve("none.csv").toString(), "--out", out.toString()))
                .isNotZero();
        assertThat(errors.toString()).contains("none.csv");
        assertThat(out).doesNotExist();
    }

    @Test
    void resumingRefusesOtherSettings() {
        assertThat(study("--resume", folder.toString(), "--quick")).isEqualTo(2);
        assertThat(errors.toString()).contains("--resume takes all settings from the folder");
    }
}
