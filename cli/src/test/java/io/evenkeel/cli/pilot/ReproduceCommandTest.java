package io.evenkeel.cli.pilot;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.EvenkeelCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReproduceCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter errors = new StringWriter();

    private int reproduce(String... arguments) {
        errors.getBuffer().setLength(0);
        List<String> all = new ArrayList<>(List.of("pilot", "reproduce"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--out", folder.resolve("out").toString()));
        CommandLine line = EvenkeelCommand.commandLine("pilot");
        line.setErr(new PrintWriter(errors, true));
        return line.execute(all.toArray(String[]::new));
    }

    /** Forty samples, two for each client. */
    private Path data(String name) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            lines.append(i % 2 == 0 ? "1" : "-1")
                    .append(" 1:")
                    .append(i % 7)
                    .append(" 2:")
                    .append(i % 5)
                    .append('\n');
        }
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, lines);
    }

    @Test
    void anInterruptedReproductionContinuesToTheSameFindings() throws IOException {
        String first = data("first.libsvm").toString();
        String second = data("second.libsvm").toString();
        Path page = folder.resolve("page.md");
        assertThat(reproduce("logistic", "--data", first, "--data", second, "--page", page.toString()))
                .isZero();
        Path out = folder.resolve("out").resolve("logistic");
        String findings = Files.readString(out.resolve("findings.md"));
        assertThat(page).hasContent(findings);
        String kept = Files.readString(out.resolve("first").resolve("summary.json"));
        assertThat(Files.readString(out.resolve("report.html"))).contains("<td>EF21-x16</td>");

        // Simulates a stop in the second part.
        Files.delete(out.resolve("findings.md"));
        Files.delete(out.resolve("second").resolve("summary.json"));
        assertThat(reproduce("logistic", "--data", first, "--data", second)).isEqualTo(1);
        assertThat(errors.toString()).contains("already contains a trial");
        assertThat(reproduce("logistic", "--data", first, "--data", second, "--resume"))
                .isZero();
        assertThat(out.resolve("findings.md")).hasContent(findings);
        assertThat(out.resolve("first").resolve("summary.json"))
                .as("a part that was done is not run again")
                .hasContent(kept);

        String other = data("elsewhere/first.libsvm").toString();
        assertThat(reproduce("logistic", "--data", other, "--resume")).isEqualTo(2);
        assertThat(errors.toString()).contains("was started with different settings");
    }

    @Test
    void explainsRefusals() throws IOException {
        String one = data("a/same.libsvm").toString();
        String two = data("b/same.libsvm").toString();
        assertThat(reproduce("logistic", "--data", one, "--data", two)).isEqualTo(2);
        assertThat(errors.toString()).contains("two files are named same");
        assertThat(reproduce("polynomial", "--data", one)).isEqualTo(2);
        assertThat(errors.toString()).contains("leave out --data");
        assertThat(reproduce("polynomial", "--quick")).isEqualTo(2);
        assertThat(errors.toString()).contains("--quick is for leaderboard, not for polynomial");
        assertThat(reproduce("polynomail")).isEqualTo(2);
        assertThat(errors.toString()).contains("expected polynomial, logistic, table or leaderboard");
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
