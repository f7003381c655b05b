package io.evenkeel.testkit.chaos;

import io.evenkeel.testkit.chaos.deployment.ChaosOptions;
import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.StandardCommand;
import io.evenkeel.tools.terminal.Terminal;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Kills coordinators and devices on two levels repeatedly, cuts the links between them, and checks all guarantees. */
@Command(
        name = "relays",
        description = {
            "Trains with a coordinator above, relays that are its members beside two devices, and devices at the relays'"
                    + " sites. Kills all of them by a seeded schedule, breaks requests, and cuts links.",
            "Then checks each level as the command chaos does, and that the models are bit-identical to those of an"
                    + " undisturbed run on all levels. The exit code is 1 if a check fails."
        })
public final class RelayChaosCommand extends StandardCommand {

    @Option(names = "--sites", paramLabel = "N", description = "Relays (default: ${DEFAULT-VALUE}).")
    private int sites = 2;

    @Option(
            names = "--devices",
            paramLabel = "N",
            description = "Devices at the first site; each other site has one more (default: ${DEFAULT-VALUE}).")
    private int devices = 3;

    @Option(names = "--rounds", paramLabel = "R", description = "Rounds (default: ${DEFAULT-VALUE}).")
    private int rounds = 60;

    @Option(names = "--dimension", paramLabel = "D", description = "Size of the model (default: ${DEFAULT-VALUE}).")
    private int dimension = 2000;

    @Option(
            names = "--changes",
            paramLabel = "N",
            description =
                    "How often, at each site, a device leaves and returns, loses its disk, changes its weight, or a new"
                            + " one joins (default: ${DEFAULT-VALUE}; none with --misses).")
    private int changes = 8;

    @Option(
            names = "--cuts",
            paramLabel = "N",
            description = "How often a relay's link is down for some seconds (default: ${DEFAULT-VALUE}).")
    private int cuts = 4;

    @Option(
            names = "--restores",
            paramLabel = "N",
            description =
                    "How many of the kills on each level restore the coordinator from a back-up (default: ${DEFAULT-VALUE};"
                            + " memberships do not change then).")
    private int restores;

    @Option(names = "--misses", description = "Rounds above close after a second without a relay that is late.")
    private boolean misses;

    @Mixin
    private final ChaosOptions options = new ChaosOptions(40, 0.05);

    @Override
    public Integer call() throws IOException, InterruptedException {
        RelayChaosSettings settings = settings();
        return options.execute(
                "Evenkeel chaos of relays: " + sites + " relays, " + options.kills() + " kills on each level, " + rounds
                        + " rounds, seed " + settings.seed(),
                new ProgressLine(Terminal.standard(), rounds),
                again(),
                List.of(),
                null,
                (folder, deployment, progress) -> {
                    int perRound = settings.above().quorum();
                    RelayChaosOutcome outcome = new RelayChaos(
                                    settings,
                                    folder,
                                    accepted -> progress.show(
                                            Math.min(rounds, accepted / perRound), accepted + " messages"))
                            .run();
                    return new ChaosOptions.Result(
                            outcome.lines(), outcome.violations().isEmpty());
                });
    }

    private RelayChaosSettings settings() {
        options.requireOwnDatabases();
        options.requireSchedule(1, 10_000);
        int kills = options.kills();
        options.require("--sites", sites, 1, 10);
        options.require("--devices", devices, 2, 50);
        options.require("--rounds", rounds, Math.max(4, kills), 100_000);
        options.require("--dimension", dimension, 4, 10_000_000);
        options.require("--changes", changes, 0, rounds);
        options.require("--cuts", cuts, 0, rounds);
        options.require("--restores", restores, 0, Math.min(kills / 2, rounds / 6));
        return new RelayChaosSettings(
                options.seed(),
                kills,
                sites,
                devices,
                rounds,
                dimension,
                options.faults(),
                restores > 0 ? 0 : changes,
                cuts,
                restores,
                misses);
    }

    private String again() {
        return "evenkeel chaos relays --kills " + options.kills() + " --sites " + sites + " --devices " + devices
                + " --rounds "
                + rounds + " --dimension " + dimension + " --seed " + options.seed() + " --faults " + options.faults()
                + " --changes " + changes + " --cuts " + cuts + (restores > 0 ? " --restores " + restores : "")
                + (misses ? " --misses" : "");
    }
}
