package io.evenkeel.cli;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.tools.terminal.TerminalSize;
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

/** Runs commands in a simulated environment, where time passes only in pauses. */
public final class CliHarness {

    /** The time at the start of every test. */
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

    /** Creates a harness for a user with this home folder. */
    public CliHarness(Path home) {
        this.home = home;
    }

    /** Creates a harness whose environment variables select a coordinator. */
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

    /** Gives the commands a terminal of this width. */
    public CliHarness onTerminal(int width) {
        interactive = true;
        columns = width;
        return this;
    }

    /** Sets the text on standard input. */
    public CliHarness typing(String text) {
        input = text;
        return this;
    }

    /** Runs a command and returns its exit code. */
    public int run(String... args) {
        out = new StringWriter();
        err = new StringWriter();
        CommandLine commandLine = EvenkeelCommand.commandLine(environment(), args);
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

    /** Makes pauses last in real time, as a real coordinator requires. */
    public CliHarness inRealTime() {
        realTime = true;
        return this;
    }

    /** Advances the clock without waiting. */
    public void pause(Duration duration) {
        pauses.add(duration);
        now.updateAndGet(time -> time.plus(duration));
    }

    /** Returns the pauses that commands have made. */
    public List<Duration> pauses() {
        return pauses;
    }

    /** Returns the output of the last command. */
    public String out() {
        return out.toString();
    }

    /** Returns the standard error of the last command. */
    public String err() {
        return err.toString();
    }
}
