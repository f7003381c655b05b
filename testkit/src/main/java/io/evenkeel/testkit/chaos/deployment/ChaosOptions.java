package io.evenkeel.testkit.chaos.deployment;

import io.evenkeel.tools.process.TemporaryFolder;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.tools.terminal.TextTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every chaos command. Also runs its test, in a folder that is kept if a check fails. */
public final class ChaosOptions {

    private static final int MAX_VIOLATIONS = 20;

    @Option(
            names = "--kills",
            paramLabel = "N",
            description =
                    "Number of kills; with relays on each level, with roll-outs of coordinators (default: ${DEFAULT-VALUE}).")
    private int kills;

    @Option(
            names = "--faults",
            paramLabel = "SHARE",
            description = "Share of the requests with a fault in the proxy (default: ${DEFAULT-VALUE}).")
    private double faults;

    @Option(names = "--seed", paramLabel = "SEED", description = "Seed of the schedule (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = {
                "A PostgreSQL database, such as jdbc:postgresql://db/evenkeel. The command creates a schema in it and drops it at"
                        + " the end (default: H2 in a temporary folder).",
                "User and password are in the URL, or in SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD."
            })
    private @Nullable String databaseUrl;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = "Coordinators on that database (default: ${DEFAULT-VALUE}).")
    private int replicas = 1;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** Creates the options with a command's defaults. */
    public ChaosOptions(int kills, double faults) {
        this.kills = kills;
        this.faults = faults;
    }

    /** Shows the progress of a test: steps done, and further figures. */
    @FunctionalInterface
    public interface Progress {
        void show(int done, String figures);
    }

    /** A chaos test. */
    @FunctionalInterface
    public interface Test {

        /**
         * Runs the test.
         *
         * @param folder an empty folder
         * @throws CommandFailure if it cannot continue
         */
        Result run(Path folder, ChaosDeployment deployment, Progress progress) throws IOException, InterruptedException;
    }

    /**
     * The result of a test.
     *
     * @param lines a human-readable report
     * @param holds whether all checks have passed
     */
    public record Result(List<String> lines, boolean holds) {}

    /** Returns the lines of a table and of the first violations. */
    public static List<String> lines(TextTable table, List<String> violations) {
        List<String> lines = new ArrayList<>(table.lines());
        violations.stream().limit(MAX_VIOLATIONS).forEach(violation -> lines.add("! " + violation));
        if (violations.size() > MAX_VIOLATIONS) {
            lines.add("! and " + (violations.size() - MAX_VIOLATIONS) + " more");
        }
        return lines;
    }

    public long seed() {
        return seed;
    }

    public int kills() {
        return kills;
    }

    /** Returns the share of requests with a fault, which {@link #requireSchedule} has checked. */
    public double faults() {
        return faults;
    }

    /**
     * Runs a test, prints its result, and returns the exit code. Keeps the data of a test that fails.
     *
     * @param title the line before the test
     * @param line shows the test's progress
     * @param command the command that repeats the schedule
     * @param arguments further arguments of the coordinators
     * @param restart restarts the database, or null if it is not restarted
     */
    public int execute(
            String title,
            ProgressLine line,
            String command,
            List<String> arguments,
            ChaosDeployment.@Nullable Restart restart,
            Test test)
            throws IOException, InterruptedException {
        // Devices that are killed and disconnected log many warnings.
        Logger devicesLog = Logger.getLogger("io.evenkeel.client");
        devicesLog.setLevel(Level.OFF);
        Terminal terminal = Terminal.standard();
        terminal.out().println(title);
        Path folder = Files.createTempDirectory("evenkeel-chaos-");
        String again = "all data is kept in " + folder + "; to repeat the schedule: " + command;
        Database database =
                databaseUrl == null ? ChaosDeployment.onH2(folder).database() : PostgresSchema.create(databaseUrl);
        long start = System.nanoTime();
        Result result;
        try {
            result = test.run(
                    folder,
                    new ChaosDeployment(database, replicas, arguments, restart),
                    (done, figures) -> line.show(done, figures, Duration.ofNanos(System.nanoTime() - start)));
        } catch (CommandFailure e) {
            throw new CommandFailure(e.getMessage() + System.lineSeparator() + again, e);
        } finally {
            line.end();
        }
        terminal.out().println();
        result.lines().forEach(terminal.out()::println);
        if (!result.holds()) {
            terminal.out().println();
            terminal.out().println(again);
            return ExitCode.SOFTWARE;
        }
        database.drop();
        TemporaryFolder.remove(folder);
        return ExitCode.OK;
    }

    /**
     * Checks the deployment.
     *
     * @param restarts whether the database is restarted
     */
    public void requireDeployment(boolean restarts) {
        require("--replicas", replicas, 1, 10);
        if (databaseUrl == null && (replicas > 1 || restarts)) {
            throw refusal((replicas > 1 ? "--replicas" : "--database-restart")
                    + " needs PostgreSQL, since only one process can use an H2 database: set --database-url");
        }
    }

    /** Checks that no database is given, for a test in which each coordinator has its own. */
    public void requireOwnDatabases() {
        requireDeployment(false);
        if (databaseUrl != null) {
            throw refusal("--database-url is not possible here: each coordinator has its own H2 database");
        }
    }

    /** Checks the number of kills and the share of faults. */
    public void requireSchedule(int minKills, int maxKills) {
        require("--kills", kills, minKills, maxKills);
        if (!(faults >= 0 && faults <= 0.5)) {
            throw refusal("--faults is " + faults + ", expected 0 to 0.5");
        }
    }

    public void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw refusal(option + " is " + value + ", expected " + least + " to " + most);
        }
    }

    public ParameterException refusal(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
