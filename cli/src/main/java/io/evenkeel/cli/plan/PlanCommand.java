package io.evenkeel.cli.plan;

import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.tools.terminal.StandardCommand;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code evenkeel plan}: computes the resources that a fleet and its run need. */
@Command(
        name = "plan",
        description = {
            "Computes from a fleet and its run the resources to provide (coordinators, database, object store and network) and the"
                    + " first one to run out. Needs no coordinator. Options with the names of a run's definition have the same meaning.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  evenkeel plan --devices 1000 --dimension 269722 --rounds-per-hour 60",
            "  evenkeel plan --devices 1000000 --participants 10000 --dimension 11173962 \\",
            "      --compressor top-k:0.001+log:5 --downlink top-k:0.01+natural \\",
            "      --rounds-per-hour 4 --database postgresql --storage s3 --replicas 3",
            "",
            "'evenkeel simulate' finds the rounds in an hour and the devices that answer, which are given here.",
            "docs/scaling.md describes the measurements behind the figures, and how to repeat them."
        })
public final class PlanCommand extends StandardCommand {

    private static final long MAX_DEVICES = 1_000_000_000;

    @Option(names = "--devices", paramLabel = "N", required = true, description = "Devices, all members of the run.")
    private long devices;

    @Option(
            names = "--participants",
            paramLabel = "K",
            description = "Devices that send a message in a round. Default: all, or the share of --sampling.")
    private @Nullable Long participants;

    @Option(names = "--sampling", paramLabel = "SHARE", description = "The share of the devices that a round asks.")
    private @Nullable Double sampling;

    @Option(names = "--dimension", paramLabel = "D", required = true, description = "Parameters of the model.")
    private int dimension;

    @Option(
            names = "--rounds-per-hour",
            paramLabel = "R",
            description = "Rounds in an hour.",
            showDefaultValue = Visibility.ALWAYS)
    private double roundsPerHour = 60;

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            showDefaultValue = Visibility.ALWAYS,
            description = "Algorithm.")
    private String algorithm = "ef21-adaptive";

    @Option(names = "--step", paramLabel = "RULE", description = "Step rule. Default: the algorithm's.")
    private @Nullable String step;

    @Option(names = "--compressor", paramLabel = "SPEC", description = "Compressor. Default: the algorithm's.")
    private @Nullable String compressor;

    @Option(
            names = "--downlink",
            paramLabel = "SPEC",
            description = "Compressor of a lossy downlink. Default: a lossless downlink.")
    private @Nullable String downlink;

    @Option(
            names = "--database",
            paramLabel = "KIND",
            description = "h2 or postgresql. Default: postgresql with --replicas, else h2.")
    private Workload.@Nullable Database database;

    @Option(
            names = "--storage",
            paramLabel = "KIND",
            description =
                    "The object store: folder, database or s3. Default: folder with h2, database with postgresql.")
    private Workload.@Nullable Store storage;

    @Option(names = "--replicas", paramLabel = "N", description = "Coordinators.", showDefaultValue = Visibility.ALWAYS)
    private int replicas = 1;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Estimate estimate = new Estimate(workload(), new Sizing());
        output.print(PlanDocument.of(estimate), page -> new PlanText(estimate, page).lines());
        return 0;
    }

    private Workload workload() {
        require(devices >= 1 && devices <= MAX_DEVICES, "--devices is " + devices + ": expected 1 to " + MAX_DEVICES);
        require(dimension >= 1, "--dimension is " + dimension + ": expected 1 to " + Integer.MAX_VALUE);
        require(
                roundsPerHour > 0 && roundsPerHour <= 36_000,
                "--rounds-per-hour is " + roundsPerHour + ": expected more than 0 and at most 36000");
        require(replicas >= 1 && replicas <= 100, "--replicas is " + replicas + ": expected 1 to 100");
        Workload.Database facts = facts();
        Preset preset = parsed("--algorithm", () -> Preset.parse(algorithm));
        String ruleText = step;
        StepRule rule = ruleText == null ? preset.step() : parsed("--step", () -> StepRule.parse(ruleText));
        return new Workload(
                devices,
                inARound(),
                preset,
                rule,
                bound("--compressor", compressor == null ? preset.defaultCompressor() : compressor),
                downlink == null ? null : bound("--downlink", downlink),
                roundsPerHour,
                facts,
                store(facts),
                replicas);
    }

    private Workload.Database facts() {
        if (database == null) {
            return replicas > 1 ? Workload.Database.POSTGRESQL : Workload.Database.H2;
        }
        require(
                database == Workload.Database.POSTGRESQL || replicas == 1,
                "--replicas is " + replicas + ": H2 allows one coordinator, so use --database postgresql");
        return database;
    }

    private Workload.Store store(Workload.Database facts) {
        if (storage != null) {
            return storage;
        }
        return facts == Workload.Database.H2 ? Workload.Store.FOLDER : Workload.Store.DATABASE;
    }

    private long inARound() {
        require(
                participants == null || sampling == null,
                "--participants and --sampling have the same meaning: give one of them");
        if (participants != null) {
            require(
                    participants >= 1 && participants <= devices,
                    "--participants is " + participants + ": expected 1 to " + devices + ", the number of --devices");
            return participants;
        }
        if (sampling != null) {
            require(
                    sampling > 0 && sampling <= 1,
                    "--sampling is " + sampling + ": expected more than 0 and at most 1");
            return (long) Math.ceil(sampling * devices);
        }
        return devices;
    }

    private Compressor bound(String option, String text) {
        return parsed(option, () -> CompressorSpec.parse(text).bind(TensorLayout.flat(dimension)));
    }

    private <T> T parsed(String option, Supplier<T> parser) {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
