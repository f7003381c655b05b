package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class RecommendCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private int evenkeel(String... arguments) {
        CommandLine line = EvenkeelCommand.commandLine(arguments);
        line.setOut(new PrintWriter(output, true));
        line.setErr(new PrintWriter(errors, true));
        return line.execute(arguments);
    }

    /** Returns the output as one line, since wrapping depends on the terminal. */
    private String printed() {
        return output.toString().replaceAll("\\s+", " ");
    }

    @ParameterizedTest
    @CsvSource({
        "'', algorithm: ef21-adaptive",
        "--batch=32, algorithm: ef14 compressor: top-k:0.01 gamma: constant:STEP # the step size of uncompressed"
                + " training",
        "--local-steps=5, algorithm: ef14 compressor: top-k:0.01 gamma: constant:1",
        "--private, algorithm: gd-norm compressor: identity",
        "--hook, 'ErrorFeedbackState(model, compressor=\"top-k:0.01\")'",
    })
    void namesTheAlgorithmOfASituationWithItsReason(String option, String expected) {
        assertThat(option.isEmpty() ? evenkeel("recommend") : evenkeel("recommend", option))
                .isZero();
        assertThat(printed()).startsWith("Recommended with ").contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "--batch=-1, 'gradient.batch is -1, expected at least 0'",
    })
    void refusesImpossibleSituations(String option, String expected) {
        assertThat(evenkeel("recommend", option)).isEqualTo(2);
        assertThat(errors.toString()).contains(expected);
        assertThat(output.toString()).isEmpty();
    }

    @Test
    void refusesOptionsThatContradictEachOther() {
        assertThat(evenkeel("recommend", "--hook", "--private")).isEqualTo(2);
        assertThat(errors.toString()).contains("--hook means minibatches of all workers, without noise");
        assertThat(evenkeel("recommend", "results", "--batch", "3")).isEqualTo(2);
        assertThat(errors.toString()).contains("the folder has the clients' settings: leave out the options");
    }

    @Test
    void aTrialSaysHowTheAlgorithmDidThere() throws IOException {
        String without = trial("without", "--arm", "ef21,gamma=0.1", "--arm", "gd,gamma=0.5");
        assertThat(without).contains("This trial has no such arm: add --arm ef14,gamma=0.5000.");
        assertThat(printed()).contains("Recommended with minibatches: ef14");
        String with = trial("with", "--arm", "gd,gamma=0.5", "--arm", "ef14,gamma=0.5,name=mine");
        assertThat(with).contains("It is mine in this trial, the best of the compressed arms.");
        String worse = trial(
                "worse", "--arm", "gd,gamma=0.5", "--arm", "ef14,gamma=1e-9,name=mine", "--arm", "ef21,gamma=0.5");
        assertThat(worse).contains("In this trial ef21-0.5 did better than mine");
    }

    /** Runs a trial with minibatches, and returns its report. */
    private String trial(String name, String... arms) throws IOException {
        Path out = folder.resolve(name);
        String[] settings = {
            "pilot",
            "compare",
            "--data",
            "digits",
            "--batch",
            "8",
            "--clients",
            "4",
            "--rounds",
            "30",
            "--seeds",
            "1",
            "--compressor",
            "top-k:0.1",
            "--out",
            out.toString()
        };
        String[] all = Stream.of(settings, arms).flatMap(Arrays::stream).toArray(String[]::new);
        assertThat(evenkeel(all)).as(errors.toString()).isZero();
        assertThat(evenkeel("recommend", out.toString())).isZero();
        return Files.readString(out.resolve("report.html"));
    }
}
