package io.evenkeel.testkit.chaos;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.step.NormalizedStep;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.operator.process.TemporaryFolder;
import io.evenkeel.operator.terminal.CommandFailure;
import io.evenkeel.operator.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Kills coordinators and devices repeatedly, breaks their connections, and checks all guarantees. */
@Command(
        name = "chaos",
        subcommands = RolloutChaosCommand.class,
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        description = {
            "Trains with a coordinator in a separate process and devices behind a proxy, kills all of them by a seeded"
                    + " schedule, and breaks requests in the proxy.",
            "Then checks that each accepted message is in its round exactly once, that devices and coordinator agree, and"
                    + " that the model has the bits of an undisturbed run. The exit code is 1 if a check fails."
        })
public final class ChaosCommand implements Callable<Integer> {

    /** With fewer members no number of neighbours keeps the secrets if a fifth drops out. */
    private static final int LEAST_SECURE = 4;

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            description = "ef21-norm, ef21-sgdm-norm, ef21-igt-norm or ef21-storm-norm (default: ${DEFAULT-VALUE}).")
    private String algorithm = "ef21-sgdm-norm";

    @Option(
            names = "--downlink",
            paramLabel = "SPEC",
            description = "The compressor of a lossy downlink, such as top-k:0.01+natural (default: without loss).")
    private @Nullable String downlink;

    @Option(
            names = "--robust",
            paramLabel = "RULE",
            description =
                    "Bounds what one device adds to the sum, such as clip:2 (default: not; not with --secure-aggregation).")
    private @Nullable String robust;

    @Option(names = "--kills", paramLabel = "N", description = "Number of kills (default: ${DEFAULT-VALUE}).")
    private int kills = 500;

    @Option(names = "--seed", paramLabel = "SEED", description = "Seed of the schedule (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Devices, one of them in a separate process (default: ${DEFAULT-VALUE}).")
    private int devices = 6;

    @Option(names = "--rounds", paramLabel = "R", description = "Rounds (default: as many as kills, at least 20).")
    private @Nullable Integer rounds;

    @Option(names = "--dimension", paramLabel = "D", description = "Size of the model (default: ${DEFAULT-VALUE}).")
    private int dimension = 2000;

    @Option(
            names = "--quorum",
            paramLabel = "N",
            description =
                    "Messages that a round needs. With fewer than the devices, rounds close after a second without the"
                            + " others (default: all).")
    private @Nullable Integer quorum;

    @Option(
            names = "--faults",
            paramLabel = "SHARE",
            description = "Share of the messages that meet with a fault in the proxy (default: ${DEFAULT-VALUE}).")
    private double faults = 0.1;

    @Option(
            names = "--changes",
            paramLabel = "N",
            description =
                    "How often a device leaves and returns, loses its disk, changes its weight, or a new one joins"
                            + " (default: a twentieth of the kills, at least 4).")
    private @Nullable Integer changes;

    @Option(
            names = "--secure-aggregation",
            description =
                    "Train with secure aggregation: kill in each step, and check cohorts' sums, which are all that the"
                            + " coordinator knows. The quorum is the smallest cohort (default: two less than the devices).")
    private boolean secure;

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
            names = "--database-restart",
            paramLabel = "COMMAND",
            description = "A shell command that restarts that database; a twentieth of the kills then use it.")
    private @Nullable String databaseRestart;

    @Option(
            names = "--replicas",
            paramLabel = "N",
            description = "Coordinators on that database (default: ${DEFAULT-VALUE}).")
    private int replicas = 1;

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            description = "Duration of a coordinator's lease of the run (default: ${DEFAULT-VALUE}).")
    private String lease = "10s";

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    /** For picocli. */
    public ChaosCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        ChaosSettings settings = settings();
        // Devices that are killed and disconnected log many warnings.
        Logger devicesLog = Logger.getLogger("io.evenkeel.client");
        devicesLog.setLevel(Level.OFF);
        Terminal terminal = Terminal.standard();
        terminal.out()
                .println("Evenkeel chaos: " + kills + " kills, " + devices + " devices, " + settings.rounds()
                        + " rounds, dimension " + dimension + ", seed " + seed);
        Path folder = Files.createTempDirectory("evenkeel-chaos-");
        ChaosDeployment deployment = deployment(folder);
        ChaosProgress progress = new ChaosProgress(terminal, settings);
        ChaosOutcome outcome;
        try {
            outcome = new Chaos(settings, folder, deployment, progress::show).run();
        } catch (CommandFailure e) {
            progress.end();
            throw new CommandFailure(e.getMessage() + System.lineSeparator() + again(settings, folder), e);
        }
        progress.end();
        terminal.out().println();
        ChaosReport.lines(outcome).forEach(terminal.out()::println);
        if (!outcome.verdict().holds()) {
            terminal.out().println();
            terminal.out().println(again(settings, folder));
            return ExitCode.SOFTWARE;
        }
        deployment.database().drop();
        TemporaryFolder.remove(folder);
        return 0;
    }

    private ChaosDeployment deployment(Path folder) {
        if (databaseUrl == null) {
            return ChaosDeployment.onH2(folder);
        }
        String command = databaseRestart;
        return new ChaosDeployment(
                PostgresSchema.create(databaseUrl),
                replicas,
                List.of("--evenkeel.lease.duration=" + lease),
                command == null ? null : () -> restart(command));
    }

    private static void restart(String command) throws IOException, InterruptedException {
        int code = new ProcessBuilder("sh", "-c", command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IOException("'" + command + "' ended with " + code);
        }
    }

    private ChaosSettings settings() {
        require("--kills", kills, 1, 100_000);
        require("--replicas", replicas, 1, 10);
        if (databaseUrl == null && (replicas > 1 || databaseRestart != null)) {
            throw refusal((replicas > 1 ? "--replicas" : "--database-restart")
                    + " needs PostgreSQL, since only one process can use an H2 database: set --database-url");
        }
        require("--dimension", dimension, 4, 10_000_000);
        int roundCount = rounds == null ? Math.max(20, kills) : rounds;
        require("--rounds", roundCount, 1, 1_000_000);
        require("--devices", devices, secure ? LEAST_SECURE + 1 : 2, 100);
        int answers = quorum != null ? quorum : secure ? Math.max(LEAST_SECURE, devices - 2) : devices;
        require("--quorum", answers, secure ? LEAST_SECURE : 1, devices);
        if (!(faults >= 0 && faults <= 0.5)) {
            throw refusal("--faults is " + faults + ", expected 0 to 0.5");
        }
        int changeCount = changes == null ? Math.max(4, kills / 20) : changes;
        require("--changes", changeCount, 0, roundCount);
        if ((long) kills > (long) (devices - 1) * roundCount) {
            throw refusal(kills + " kills do not fit into " + roundCount + " rounds of " + devices
                    + " devices: increase --rounds");
        }
        requireDownlink();
        return new ChaosSettings(
                preset(),
                downlink,
                clipping(),
                kills,
                seed,
                devices,
                roundCount,
                dimension,
                answers,
                faults,
                changeCount,
                secure);
    }

    private void requireDownlink() {
        if (downlink != null) {
            try {
                DeviceModel.compressor(downlink, TensorLayout.flat(dimension));
            } catch (IllegalArgumentException e) {
                throw refusal("--downlink: " + e.getMessage());
            }
        }
    }

    private @Nullable NormClipping clipping() {
        if (robust != null && secure) {
            throw refusal("--robust and --secure-aggregation exclude each other: masked vectors have no norm to bound");
        }
        try {
            return robust == null ? null : NormClipping.parse(robust);
        } catch (IllegalArgumentException e) {
            throw refusal("--robust: " + e.getMessage());
        }
    }

    private Preset preset() {
        try {
            Preset preset = Preset.parse(algorithm);
            if (preset.feedback().retainsSum() && preset.step() instanceof NormalizedStep) {
                return preset;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, together with algorithms that the checks do not fit.
        }
        throw refusal("--algorithm is '" + algorithm
                + "', expected ef21-norm, ef21-sgdm-norm, ef21-igt-norm or ef21-storm-norm");
    }

    private void require(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw refusal(option + " is " + value + ", expected " + least + " to " + most);
        }
    }

    private ParameterException refusal(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static String again(ChaosSettings settings, Path folder) {
        return "all data is kept in " + folder + "; to repeat the schedule: evenkeel chaos --algorithm "
                + settings.algorithm().text()
                + (settings.downlink() == null ? "" : " --downlink " + settings.downlink())
                + (settings.robust() == null
                        ? ""
                        : " --robust " + settings.robust().text()) + " --kills "
                + settings.kills()
                + " --seed " + settings.seed() + " --devices " + settings.devices() + " --rounds "
                + settings.rounds() + " --dimension " + settings.dimension() + " --quorum " + settings.quorum()
                + " --faults " + settings.faults() + " --changes " + settings.changes()
                + (settings.secure() ? " --secure-aggregation" : "");
    }
}
