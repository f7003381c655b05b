package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.TemporaryFolder;
import io.evenkeel.trial.result.ResultsFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An interrupted process leaves partial results; once resumed, it gives the results of an uninterrupted one. */
@OnlyInCi
class InterruptionTest {

    private static final List<String> LONG = List.of(
            "--data",
            "quadratic",
            "--rounds",
            "5000",
            "--record-every",
            "250",
            "--seeds",
            "1,2",
            "--threads",
            "1",
            "--target",
            "grad-norm:0.001");

    private static final Pattern PROGRESS = Pattern.compile("^round +(\\d+)/(\\d+) ");

    @TempDir
    private Path folder;

    @Test
    void anInterruptedTrialContinuesToTheSameFigures() throws Exception {
        Path stopped = folder.resolve("stopped");
        List<String> arms = List.of("--arm", "gd-norm,name=a*2", "--arm", "ef21-norm,gamma=0.01,name=ax2");
        // When a third of all rounds is done, one of the four equally long runs has ended.
        List<String> said = stopped("compare", stopped, arms);
        assertThat(said).anyMatch(line -> line.contains("Continue with: evenkeel pilot compare --resume " + stopped));
        ResultsFolder results = ResultsFolder.open(stopped);
        assertThat(results.summary().complete()).isFalse();
        assertThat(results.summary().comparisons().get(0).verdict()).isEqualTo("undecided");
        assertThat(results.summary().comparisons().get(0).headline()).contains("no verdict yet");
        assertThat(results.kept("a*2", 1)).isPresent();
        assertThat(results.kept("ax2", 2)).isEmpty();
        assertThat(stopped.resolve("report.html")).content().contains("The trial was stopped before its end");
        assertThat(pilot(List.of("compare", "--resume", stopped.toString()))).isZero();

        Path undisturbed = folder.resolve("undisturbed");
        assertThat(pilot(line("compare", undisturbed, arms))).isZero();
        assertThat(withoutSeconds(stopped)).isEqualTo(withoutSeconds(undisturbed));
        assertThat(pilot(List.of("compare", "--resume", stopped.toString())))
                .as("nothing is left to do")
                .isEqualTo(2);
    }

    @Test
    void anInterruptedSweepContinuesToTheSameBytes() throws Exception {
        Path stopped = folder.resolve("stopped");
        List<String> axis = List.of("--arm", "ef21-norm", "--axis", "step=1,4");
        List<String> said = stopped("sweep", stopped, axis);
        assertThat(said).anyMatch(line -> line.contains("continue with: evenkeel pilot sweep --resume " + stopped));
        assertThat(stopped.resolve("report.html")).doesNotExist();
        assertThat(pilot(List.of("sweep", "--resume", stopped.toString()))).isZero();

        Path undisturbed = folder.resolve("undisturbed");
        assertThat(pilot(line("sweep", undisturbed, axis))).isZero();
        assertThat(stopped.resolve("sweep.csv")).hasSameBinaryContentAs(undisturbed.resolve("sweep.csv"));
        assertThat(stopped.resolve("report.html")).hasSameBinaryContentAs(undisturbed.resolve("report.html"));
    }

    private static List<String> line(String command, Path out, List<String> more) {
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(LONG);
        line.addAll(more);
        line.addAll(List.of("--out", out.toString()));
        return line;
    }

    private static int pilot(List<String> arguments) {
        List<String> all = new ArrayList<>(List.of("pilot"));
        all.addAll(arguments);
        return EvenkeelCommand.commandLine("pilot").execute(all.toArray(String[]::new));
    }

    /** Ends a process when a third of its work is done, and returns its output. */
    private static List<String> stopped(String command, Path out, List<String> more)
            throws IOException, InterruptedException {
        List<String> said = new ArrayList<>();
        // On a busy machine the process may finish before it is stopped.
        while (exitCode(command, out, more, said) == 0) {
            said.clear();
            TemporaryFolder.remove(out);
        }
        return said;
    }

    private static int exitCode(String command, Path out, List<String> more, List<String> said)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("pilot"));
        arguments.addAll(line(command, out, more));
        List<String> line =
                JavaLaunch.ofClass(EvenkeelCommand.class, JavaLaunch.QUICK).commandLine(arguments);
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String next = reader.readLine(); next != null; next = reader.readLine()) {
                said.add(next);
                Matcher progress = PROGRESS.matcher(next);
                if (progress.find() && 3 * Long.parseLong(progress.group(1)) > Long.parseLong(progress.group(2))) {
                    // Process.destroy() closes the stream that is read here.
                    process.toHandle().destroy();
                }
            }
            return process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<String> withoutSeconds(Path results) throws IOException {
        return Files.readAllLines(results.resolve("trajectory.csv")).stream()
                .map(row -> row.substring(0, row.lastIndexOf(',')))
                .toList();
    }
}
