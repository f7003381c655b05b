package io.evenkeel.cli.demo;

import io.evenkeel.cli.command.MethodNames;
import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.step.Schedule;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of the demonstration. */
final class DemoOptions {

    private static final int MAX_DEVICES = 200;
    private static final int MAX_ROUNDS = 1_000_000;

    @Option(names = "--devices", paramLabel = "N", description = "Simulated devices (default: ${DEFAULT-VALUE}).")
    private int devices = 10;

    @Option(names = "--rounds", paramLabel = "R", description = "Rounds (default: ${DEFAULT-VALUE}).")
    private int rounds = 600;

    @Option(
            names = "--algorithm",
            paramLabel = "NAME",
            completionCandidates = MethodNames.Algorithms.class,
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private String algorithm = "ef21-sgdm-norm";

    @Option(
            names = "--compressor",
            paramLabel = "SPEC",
            completionCandidates = MethodNames.Compressors.class,
            description = "The compressor of the messages (default: top-k:0.01, and identity for gd and gd-norm).")
    private @Nullable String compressor;

    @Option(
            names = "--gamma",
            paramLabel = "SCHEDULE",
            description = "Step size: a number, horizon:VALUE:POWER, anytime:VALUE:POWER or warmup:VALUE:ROUNDS"
                    + " (default: anytime:1:0.5 for normalized steps, 1 for plain ones).")
    private @Nullable String gamma;

    @Option(
            names = "--eta",
            paramLabel = "SCHEDULE",
            description =
                    "Momentum of sgdm, igt and storm, 1 for none, or the decay of ef14-decay (default: ${DEFAULT-VALUE}).")
    private String eta = "0.2";

    @Option(
            names = "--batch",
            paramLabel = "SAMPLES",
            description = "Samples in a minibatch, 0 for all samples of a device (default: ${DEFAULT-VALUE}).")
    private int batch = 32;

    @Option(
            names = "--drop-rate",
            paramLabel = "SHARE",
            description = "Share of the devices that miss a round, drawn for each round (default: 0).")
    private double dropRate;

    @Option(
            names = "--seed",
            paramLabel = "SEED",
            description = "The seed of all random numbers (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    /**
     * Checks the options.
     *
     * @param command the command with these options
     * @throws ParameterException if an option is out of range or cannot be parsed
     */
    DemoSettings settings(CommandSpec command) {
        requireRange(command, "--devices", devices, 1, MAX_DEVICES);
        requireRange(command, "--rounds", rounds, 1, MAX_ROUNDS);
        requireRange(command, "--batch", batch, 0, Integer.MAX_VALUE);
        Preset preset = parsed(command, "--algorithm", algorithm, Preset::parse);
        String compression = compressor == null ? preset.defaultCompressor() : compressor;
        return new DemoSettings(
                devices,
                rounds,
                preset,
                parsed(command, "--compressor", compression, DemoOptions::fittingCompressor),
                gamma == null ? DemoSettings.defaultGamma(preset) : parsed(command, "--gamma", gamma, Schedule::parse),
                parsed(command, "--eta", eta, DemoOptions::momentum),
                batch,
                missing(command),
                seed);
    }

    private int missing(CommandSpec command) {
        long missing = Math.round(dropRate * devices);
        if (!(dropRate >= 0) || missing >= devices) {
            throw new ParameterException(
                    command.commandLine(),
                    "--drop-rate is " + dropRate + ": expected 0 or more, and low enough that one of " + devices
                            + " devices remains in each round");
        }
        return (int) missing;
    }

    private static CompressorSpec fittingCompressor(String text) {
        return CompressorSpec.parse(text)
                .bind(DemoSettings.perceptron().layout())
                .spec();
    }

    private static Schedule momentum(String text) {
        Schedule eta = Schedule.parse(text);
        if (eta.largest() > 1) {
            throw new IllegalArgumentException("the momentum is " + eta + ", expected a value above 0 and at most 1");
        }
        return eta;
    }

    private static void requireRange(CommandSpec command, String option, int value, int from, int to) {
        if (value < from || value > to) {
            throw new ParameterException(
                    command.commandLine(), option + " is " + value + ": expected " + from + " to " + to);
        }
    }

    private static <T> T parsed(CommandSpec command, String option, String text, Function<String, T> parser) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), option + ": " + e.getMessage(), e);
        }
    }
}
