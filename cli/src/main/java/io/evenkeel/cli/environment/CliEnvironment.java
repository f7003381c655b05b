package io.evenkeel.cli.environment;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.tools.terminal.TerminalSize;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The environment of a command: variables, terminal, time.
 *
 * @param variables the environment variables
 * @param home the user's home folder
 * @param terminal standard output; evaluated at first use, because finding its size starts a process
 * @param size the current size of the terminal
 * @param input standard input, for answers to questions
 * @param clock the time
 * @param pause waits between polls
 */
public record CliEnvironment(
        Map<String, String> variables,
        Path home,
        Supplier<Terminal> terminal,
        Supplier<TerminalSize> size,
        BufferedReader input,
        Clock clock,
        Pause pause) {

    public static CliEnvironment ofProcess() {
        return new CliEnvironment(
                System.getenv(),
                Path.of(System.getProperty("user.home", ".")),
                new OnceAsked(),
                TerminalSize::ask,
                new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())),
                Clock.systemUTC(),
                duration -> Thread.sleep(duration.toMillis()));
    }

    /** Returns the value of a variable that is set and not empty. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
    }

    private static final class OnceAsked implements Supplier<Terminal> {

        private Optional<Terminal> terminal = Optional.empty();

        @Override
        public synchronized Terminal get() {
            if (terminal.isEmpty()) {
                terminal = Optional.of(Terminal.standard());
            }
            return terminal.get();
        }
    }
}
