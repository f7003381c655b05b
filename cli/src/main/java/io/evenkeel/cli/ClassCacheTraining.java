package io.evenkeel.cli;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.tools.terminal.TerminalSize;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/**
 * Loads the classes that most commands need, for a JVM that archives them at exit ({@code
 * -XX:ArchiveClassesAtExit}). The script {@code evenkeel} runs this once for each build. The commands access
 * no files and no coordinator.
 */
final class ClassCacheTraining {

    /** No server listens on this port, so the request fails after the classes of the HTTP client are loaded. */
    private static final String CLOSED_PORT = "http://127.0.0.1:1";

    private ClassCacheTraining() {}

    /** Runs some commands and discards their output. */
    public static void main(String[] args) {
        Terminal terminal = new Terminal(System.out, false, TerminalSize.USUAL.columns());
        CliEnvironment environment = new CliEnvironment(
                Map.of(),
                Path.of("no-such-folder"),
                () -> terminal,
                () -> TerminalSize.USUAL,
                new BufferedReader(Reader.nullReader()),
                Clock.systemUTC(),
                duration -> {});
        List<List<String>> commands = List.of(
                List.of("--help"),
                List.of("runs", "--help"),
                List.of("runs", "list", "--help"),
                List.of("context", "list"),
                List.of("context", "list", "--output", "json"),
                List.of("runs", "list", "--coordinator", CLOSED_PORT, "--token", "none"),
                List.of("runs", "watch", "none", "--coordinator", CLOSED_PORT, "--token", "none"));
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        for (List<String> command : commands) {
            String[] arguments = command.toArray(String[]::new);
            CommandLine line = EvenkeelCommand.commandLine(environment, arguments);
            int ignored = line.setOut(nowhere).setErr(nowhere).execute(arguments);
        }
    }
}
