package io.evenkeel.cli;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.operator.terminal.Terminal;
import io.evenkeel.operator.terminal.TerminalSize;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine;

/** Runs commands as they are typed, in an environment of their own where no time passes but in pauses. */
public final class CliHarness {

    /** When every test begins. */
    public static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private final Map<String, String> variables = new HashMap<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final List<Duration> pauses = new ArrayList<>();
    private final Path home;
    private boolean interactive;
    private boolean realTime;
    private int columns = 80;
    private String input = "";
    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    /** Makes one for a user whose home folder is this. */
    public CliHarness(Path home) {
        this.home = home;
    }

    /** Makes one that is configured for a coordinator by environment variables. */
    public static CliHarness at(StubCoordinator coordinator, Path home) {
        return new CliHarness(home)
                .variable("EVENKEEL_URL", coordinator.address().toString())
                .variable("EVENKEEL_TOKEN", "evk_op_test");
    }

    /** Sets an environment variable. */
    public CliHarness variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** Gives the commands a terminal of so many columns. */
    public CliHarness onTerminal(int width) {
        interactive = true;
        columns = width;
        return this;
    }

    /** Types this on standard input. */
    public CliHarness typing(String text) {
        input = text;
        return this;
    }

    /** Runs a command and returns its exit code. */
    public int run(String... args) {
        out = new StringWriter();
        err = new StringWriter();
        CommandLine commandLine = EvenkeelCommand.commandLine(environment());
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return commandLine.execute(args);
    }

    private CliEnvironment environment() {
        Terminal terminal = new Terminal(System.out, interactive, columns);
        InstantSource source = realTime ? InstantSource.system() : now::get;
        return new CliEnvironment(
                variables,
                home,
                () -> terminal,
                () -> new TerminalSize(columns, 40),
                new BufferedReader(new StringReader(input)),
                source.withZone(ZoneOffset.UTC),
                realTime ? duration -> Thread.sleep(duration.toMillis()) : this::pause);
    }

    /** Lets time pass and waits in pauses, for a coordinator of its own. */
    public CliHarness inRealTime() {
        realTime = true;
        return this;
    }

    /** Lets time pass without waiting. */
    public void pause(Duration duration) {
        pauses.add(duration);
        now.updateAndGet(time -> time.plus(duration));
    }

    /** Returns the pauses that commands have made. */
    public List<Duration> pauses() {
        return pauses;
    }

    /** Returns what the last command printed. */
    public String out() {
        return out.toString();
    }

    /** Returns what the last command printed to standard error. */
    public String err() {
        return err.toString();
    }
}
