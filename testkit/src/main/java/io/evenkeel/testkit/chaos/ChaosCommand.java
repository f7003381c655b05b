package io.evenkeel.testkit.chaos;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.step.NormalizedStep;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.ChaosOptions;
import io.evenkeel.testkit.chaos.deployment.RestartCommand;
import io.evenkeel.testkit.chaos.proxy.FaultyStore;
import io.evenkeel.testkit.chaos.rollout.RolloutChaosCommand;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.StandardCommand;
import io.evenkeel.tools.terminal.Terminal;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Kills coordinators and devices repeatedly, breaks their connections, and checks all guarantees. */
@Command(
        name = "chaos",
        subcommands = {RolloutChaosCommand.class, RelayChaosCommand.class},
        description = {
            "Trains with a coordinator in a separate process and devices behind a proxy, kills all of them by a seeded"
                    + " schedule, and breaks requests in the proxy.",
            "Then checks that each accepted message is in its round exactly once, that devices and coordinator agree, and"
                    + " that the model has the bits of an undisturbed run. The exit code is 1 if a check fails."
        })
public final class ChaosCommand extends StandardCommand {

    /** A cohort of three does not tolerate a drop-out. */
    private static final int MIN_SECURE = 4;

    /** At the end each message is sent again and looked up in the export. */
    private static final String ALL_RECEIPTS = "--evenkeel.retention.receipts=1000000";

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
            description = "Bounds what one device adds to the sum, such as clip:2 (default: no bound);"
                    + " not with --secure-aggregation.")
    private @Nullable String robust;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Devices, one of them in a separate process (default: ${DEFAULT-VALUE}).")
    private int devices = 6;

    @Option(names = "--rounds", paramLabel = "R", description = "Rounds (default: the number of kills, at least 20).")
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

    @Mixin
    private final ChaosOptions options = new ChaosOptions(500, 0.1);

    @Option(
            names = "--database-restart",
            paramLabel = "COMMAND",
            description = "A shell command that restarts that database or fails it over; returns when that has begun.")
    private @Nullable String databaseRestart;

    @Option(
            names = "--database-restarts",
            paramLabel = "N",
            description = "How many of the kills use that command (default: a twentieth of them, at least 1).")
    private @Nullable Integer databaseRestarts;

    @Option(
            names = "--restores",
            paramLabel = "N",
            description =
                    "How many of the kills take a back-up, let the run continue, and restore rows and objects, rows alone, or,"
                            + " for a while, objects alone (default: ${DEFAULT-VALUE}; memberships do not change then; not"
                            + " with --secure-aggregation). On PostgreSQL as a superuser.")
    private int restores;

    @Option(
            names = "--storage",
            paramLabel = "KIND",
            description =
                    "Where objects are: folder or database, or the address of an S3 server that takes any credentials, such as"
                            + " http://localhost:9090. The test makes it slow, busy, full and unreachable, and coordinators are"
                            + " killed between an object and its row (default: as the coordinator decides).")
    private @Nullable String storage;

    @Option(
            names = "--lease",
            paramLabel = "TIME",
            description = "Duration of a coordinator's lease of the run (default: ${DEFAULT-VALUE}).")
    private String lease = "10s";

    @Override
    public Integer call() throws IOException, InterruptedException {
        ChaosSettings settings = settings();
        return options.execute(
                "Evenkeel chaos: " + settings.kills() + " kills, " + devices + " devices, " + settings.rounds()
                        + " rounds, dimension " + dimension + ", seed " + settings.seed(),
                new ProgressLine(Terminal.standard(), settings.rounds()),
                again(settings),
                arguments(),
                databaseRestart == null ? null : new RestartCommand(databaseRestart, databaseRestarts),
                (folder, chosen, progress) -> run(
                        settings,
                        folder,
                        deployment(folder, chosen),
                        accepted -> progress.show(
                                Math.min(settings.rounds(), accepted / settings.quorum()), accepted + " messages")));
    }

    private ChaosDeployment deployment(Path folder, ChaosDeployment chosen) {
        ChaosDeployment deployment = chosen;
        if ("folder".equals(storage)) {
            deployment = deployment.objectsIn(folder.resolve("objects"));
        }
        return restores == 0 ? deployment : deployment.restored(restores);
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of("--evenkeel.lease.duration=" + lease, ALL_RECEIPTS));
        if (storage != null && !isS3(storage)) {
            // Even short values are stored as objects.
            arguments.addAll(List.of("--evenkeel.storage.kind=" + storage, "--evenkeel.storage.inline=64B"));
        }
        return arguments;
    }

    private static boolean isS3(String kind) {
        return kind.startsWith("http://");
    }

    private ChaosOptions.Result run(
            ChaosSettings settings, Path folder, ChaosDeployment deployment, IntConsumer progress)
            throws IOException, InterruptedException {
        if (storage == null || !isS3(storage)) {
            return result(new Chaos(settings, folder, deployment, progress));
        }
        try (FaultyStore store = FaultyStore.open(URI.create(storage))) {
            return result(new Chaos(settings, folder, deployment.with(store), progress));
        }
    }

    private static ChaosOptions.Result result(Chaos chaos) throws IOException, InterruptedException {
        ChaosOutcome outcome = chaos.run();
        return new ChaosOptions.Result(
                ChaosReport.lines(outcome), outcome.verdict().holds());
    }

    private ChaosSettings settings() {
        options.requireSchedule(1, 100_000);
        int kills = options.kills();
        options.requireDeployment(databaseRestart != null);
        if (databaseRestarts != null) {
            if (databaseRestart == null) {
                throw options.refusal("--database-restarts needs the command of --database-restart");
            }
            options.require("--database-restarts", databaseRestarts, 1, kills);
        }
        options.require("--dimension", dimension, 4, 10_000_000);
        int roundCount = rounds == null ? Math.max(20, kills) : rounds;
        options.require("--rounds", roundCount, 1, 1_000_000);
        options.require("--devices", devices, secure ? MIN_SECURE + 1 : 2, 100);
        int answers = quorum != null ? quorum : secure ? Math.max(MIN_SECURE, devices - 2) : devices;
        options.require("--quorum", answers, secure ? MIN_SECURE : 1, devices);
        options.require("--restores", restores, 0, Math.min(kills / 2, roundCount / 6));
        if (restores > 0 && (secure || (storage != null && isS3(storage)))) {
            throw options.refusal("--restores is not possible with --secure-aggregation, nor with objects in S3");
        }
        int changeCount = restores > 0 ? 0 : changes == null ? Math.max(4, kills / 20) : changes;
        options.require("--changes", changeCount, 0, roundCount);
        if ((long) kills > (long) (devices - 1) * roundCount) {
            throw options.refusal(kills + " kills do not fit into " + roundCount + " rounds of " + devices
                    + " devices: increase --rounds");
        }
        requireDownlink();
        if (storage != null && !isS3(storage) && !List.of("folder", "database").contains(storage)) {
            throw options.refusal(
                    "--storage is '" + storage + "', expected folder, database or the http://HOST:PORT of an S3");
        }
        return new ChaosSettings(
                preset(),
                downlink,
                clipping(),
                kills,
                options.seed(),
                devices,
                roundCount,
                dimension,
                answers,
                options.faults(),
                changeCount,
                secure);
    }

    private void requireDownlink() {
        if (downlink != null) {
            try {
                DeviceModel.compressor(downlink, TensorLayout.flat(dimension));
            } catch (IllegalArgumentException e) {
                throw options.refusal("--downlink: " + e.getMessage());
            }
        }
    }

    private @Nullable NormClipping clipping() {
        if (robust != null && secure) {
            throw options.refusal(
                    "--robust and --secure-aggregation exclude each other: masked vectors have no norm to bound");
        }
        try {
            return robust == null ? null : NormClipping.parse(robust);
        } catch (IllegalArgumentException e) {
            throw options.refusal("--robust: " + e.getMessage());
        }
    }

    private Preset preset() {
        try {
            Preset preset = Preset.parse(algorithm);
            if (preset.feedback().retainsSum() && preset.step() instanceof NormalizedStep) {
                return preset;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, together with algorithms that the checks do not support.
        }
        throw options.refusal("--algorithm is '" + algorithm
                + "', expected ef21-norm, ef21-sgdm-norm, ef21-igt-norm or ef21-storm-norm");
    }

    private String again(ChaosSettings settings) {
        return "evenkeel chaos " + settings.options() + (restores > 0 ? " --restores " + restores : "");
    }
}
