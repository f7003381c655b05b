package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.testkit.chaos.deployment.ChaosOptions;
import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.StandardCommand;
import io.evenkeel.tools.terminal.Terminal;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Kills coordinators and devices during roll-outs, breaks their connections, and checks the versions that devices got.
 */
@Command(
        name = "rollouts",
        description = {
            "Rolls versions of a model out in three groups, one after the other, to devices behind a proxy: good ones,"
                    + " worse ones, ones that fail on some devices, and ones that an operator pauses or stops. Kills"
                    + " coordinators and devices by a seeded schedule meanwhile, and breaks requests in the proxy.",
            "Then checks that devices got a version only when its group was open, that none went back unless it had"
                    + " to, that each report counts once, and that the alias moved once or not at all. The exit code is 1"
                    + " if a check fails."
        })
public final class RolloutChaosCommand extends StandardCommand {

    /** Roll-outs are evaluated more often than by default, so that a test takes minutes. */
    static final List<String> QUICK_STEPS = List.of("--evenkeel.rollouts.poll=200ms");

    @Option(names = "--rollouts", paramLabel = "N", description = "Roll-outs (default: ${DEFAULT-VALUE}).")
    private int rollouts = 15;

    @Option(
            names = "--group-size",
            paramLabel = "N",
            description = "Devices that each of the three groups adds (default: ${DEFAULT-VALUE}).")
    private int groupSize = 4;

    @Mixin
    private final ChaosOptions options = new ChaosOptions(30, 0.05);

    @Override
    public Integer call() throws IOException, InterruptedException {
        RolloutChaosSettings settings = settings();
        return options.execute(
                "Evenkeel chaos of roll-outs: " + rollouts + " roll-outs, " + options.kills() + " kills, "
                        + settings.devices() + " devices, seed " + settings.seed(),
                new ProgressLine(Terminal.standard(), "roll-out", rollouts),
                again(),
                QUICK_STEPS,
                null,
                (folder, deployment, progress) -> {
                    RolloutChaosOutcome outcome =
                            new RolloutChaos(settings, folder, deployment, done -> progress.show(done, "")).run();
                    return new ChaosOptions.Result(
                            outcome.lines(), outcome.violations().isEmpty());
                });
    }

    private RolloutChaosSettings settings() {
        options.requireSchedule(0, 10_000);
        options.require("--rollouts", rollouts, 1, 100);
        options.require("--group-size", groupSize, 3, 30);
        options.requireDeployment(false);
        return new RolloutChaosSettings(options.seed(), options.kills(), rollouts, groupSize, options.faults());
    }

    private String again() {
        return "evenkeel chaos rollouts --kills " + options.kills() + " --rollouts " + rollouts + " --seed "
                + options.seed() + " --group-size " + groupSize + " --faults " + options.faults();
    }
}
