package io.evenkeel.testkit.chaos;

import io.evenkeel.operator.process.TemporaryFolder;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.ProgressLine;
import io.evenkeel.operator.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Kills coordinators and devices during roll-outs, breaks their connections, and checks what devices got. */
@Command(
        name = "rollouts",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Rolls versions of a model out in three groups, one after the other, to devices behind a proxy: good ones,"
                    + " worse ones, ones that fail on some devices, and ones that an operator pauses or stops. Kills"
                    + " coordinators and devices by a seeded schedule meanwhile, and breaks requests in the proxy.",
            "Then checks that devices got a version only when its group was open, that none went back unless it had"
                    + " to, that each report counts once, and that the alias moved once or not at all. The exit code is 1"
                    + " if a check fails."
        })
public final class RolloutChaosCommand implements Callable<Integer> {

    /** Roll-outs are looked at more often than by default, so that a test takes minutes. */
    static final List<String> QUICK_STEPS = List.of("--evenkeel.rollouts.poll=200ms");

    @Option(names = "--kills", paramLabel = "N", description = "Kills of coordinators (default: ${DEFAULT-VALUE}).")
    private int kills = 30;

    @Option(names = "--rollouts", paramLabel = "N", description = "Roll-outs (default: ${DEFAULT-VALUE}).")
    private int rollouts = 15;

    @Option(names = "--seed", paramLabel = "SEED", description = "Seed of the schedule (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--group-size",
            paramLabel = "N",
            description = "Devices that each of the three groups adds (default: ${DEFAULT-VALUE}).")
    private int groupSize = 4;

    @Option(
            names = "--faults",
            paramLabel = "SHARE",
            description = "Share of the requests that meet with a fault in the proxy (default: ${DEFAULT-VALUE}).")
    private double faults = 0.05;

    @Option(
            names = "--database-url",
            paramLabel = "URL",
            description = "A PostgreSQL database, as for chaos (default: H2 in a temporary folder).")
    private @Nullable String databaseUrl;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = "Coordinators on that database (default: ${DEFAULT-VALUE}).")
    private int replicas = 1;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** For picocli. */
    public RolloutChaosCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        RolloutChaosSettings settings = settings();
        // Devices that are disconnected log many warnings.
        Logger devicesLog = Logger.getLogger("io.evenkeel.client");
        devicesLog.setLevel(Level.OFF);
        Terminal terminal = Terminal.standard();
        terminal.out()
                .println("Evenkeel chaos of roll-outs: " + rollouts + " roll-outs, " + kills + " kills, "
                        + settings.devices() + " devices, seed " + seed);
        Path folder = Files.createTempDirectory("evenkeel-chaos-");
        ChaosDeployment deployment = deployment(folder);
        ProgressLine line = new ProgressLine(terminal, rollouts);
        long start = System.nanoTime();
        RolloutChaosOutcome outcome;
        try {
            outcome = new RolloutChaos(
                            settings,
                            folder,
                            deployment,
                            done -> line.show(done, done + " roll-outs", Duration.ofNanos(System.nanoTime() - start)))
                    .run();
        } catch (CommandFailure e) {
            line.end();
            throw new CommandFailure(e.getMessage() + System.lineSeparator() + again(folder), e);
        }
        line.end();
        terminal.out().println();
        outcome.lines().forEach(terminal.out()::println);
        if (!outcome.violations().isEmpty()) {
            terminal.out().println();
            terminal.out().println(again(folder));
            return ExitCode.SOFTWARE;
        }
        deployment.database().drop();
        TemporaryFolder.remove(folder);
        return 0;
    }

    private ChaosDeployment deployment(Path folder) {
        if (databaseUrl == null) {
            ChaosDeployment plain = ChaosDeployment.onH2(folder);
            return new ChaosDeployment(plain.database(), 1, QUICK_STEPS, null);
        }
        return new ChaosDeployment(PostgresSchema.create(databaseUrl), replicas, QUICK_STEPS, null);
    }

    private RolloutChaosSettings settings() {
        require("--kills", kills, 0, 10_000);
        require("--rollouts", rollouts, 1, 100);
        require("--group-size", groupSize, 3, 30);
        require("--replicas", replicas, 1, 10);
        if (databaseUrl == null && replicas > 1) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--replicas needs PostgreSQL, since only one process can use an H2 database: set --database-url");
        }
        if (!(faults >= 0 && faults <= 0.5)) {
            throw new ParameterException(spec.commandLine(), "--faults is " + faults + ", expected 0 to 0.5");
        }
        return new RolloutChaosSettings(seed, kills, rollouts, groupSize, faults);
    }

    private void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(), option + " is " + value + ", expected " + least + " to " + most);
        }
    }

    private String again(Path folder) {
        List<String> command = new ArrayList<>(List.of("evenkeel chaos rollouts"));
        command.add("--kills " + kills);
        command.add("--rollouts " + rollouts);
        command.add("--seed " + seed);
        command.add("--group-size " + groupSize);
        command.add("--faults " + faults);
        return "all data is kept in " + folder + "; to repeat the schedule: " + String.join(" ", command);
    }
}
