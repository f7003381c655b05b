package io.evenkeel.trial.simulation;

import io.evenkeel.core.algorithm.Algorithm;
import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.downlink.DeviceModel;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.trial.experiment.ArmPrivacy;
import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.RobustRule;
import io.evenkeel.trial.experiment.StepSize;
import io.evenkeel.trial.loss.Smoothness;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An arm with all settings resolved for one fleet.
 *
 * @param name its name
 * @param algorithm error feedback, step rule, schedules
 * @param compressor the compressor, bound to the model
 * @param privacy the clients' noise; null without privacy
 * @param downlink the lossy downlink's compressor; null if the downlink is lossless
 * @param robust the rule that bounds the influence of a minority on the sum; null for the plain sum
 */
public record Arm(
        String name,
        Algorithm algorithm,
        Compressor compressor,
        @Nullable ArmPrivacy privacy,
        @Nullable Compressor downlink,
        @Nullable RobustRule robust) {

    /** Returns the step size as text. */
    public String gamma() {
        return algorithm.gamma().toString();
    }

    boolean hasNoiseInShares() {
        return privacy != null && privacy.noise() == ArmPrivacy.Noise.IN_SHARES;
    }

    /**
     * Resolves an arm's settings.
     *
     * @param smoothness called only if a step size depends on the theory
     * @param horizon K, one less than the number of rounds
     * @throws IllegalArgumentException if the compressor does not fit, or the theory gives no step size; the message
     *     names the arm
     */
    public static Arm of(
            ArmSettings settings, TensorLayout layout, Supplier<Optional<Smoothness>> smoothness, int horizon) {
        try {
            Preset preset = settings.preset();
            Compressor compressor =
                    CompressorSpec.parse(settings.compressorText()).bind(layout);
            Compressor downlink =
                    settings.downlink() == null ? null : DeviceModel.compressor(settings.downlink(), layout);
            return new Arm(
                    settings.name(),
                    algorithm(settings, preset, compressor, smoothness, horizon),
                    compressor,
                    settings.privacy() == null ? null : ArmPrivacy.parse(settings.privacy()),
                    downlink,
                    settings.robust() == null ? null : RobustRule.parse(settings.robust()));

        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("arm '" + settings.name() + "': " + e.getMessage(), e);
        }
    }

    private static Algorithm algorithm(
            ArmSettings settings,
            Preset preset,
            Compressor compressor,
            Supplier<Optional<Smoothness>> smoothness,
            int horizon) {
        Algorithm.Builder builder = Algorithm.builder(preset);
        StepRule rule = settings.step() == null ? preset.step() : StepRule.parse(settings.step());
        builder.step(rule);
        if (settings.eta() != null) {
            builder.eta(Schedule.parse(settings.eta()));
        }
        StepSize wanted = settings.gamma() == null ? null : StepSize.parse(settings.gamma());
        if (wanted instanceof StepSize.Given given) {
            return builder.gamma(given.schedule()).build(compressor.alpha(), horizon);
        }
        if (wanted instanceof StepSize.BestOf || wanted instanceof StepSize.Tuned) {
            throw new IllegalArgumentException(
                    "gamma '" + wanted + "' is for pilot compare, which searches for it: give one step size");
        }
        boolean plain = rule.defaultGamma(false) == null;
        if (wanted != null && !plain) {
            throw new IllegalArgumentException("step rule '" + rule.text()
                    + "' needs no smoothness constants: leave gamma out for its default, or give a schedule");
        }
        if (plain) {
            smoothness.get().ifPresent(s -> builder.smoothness(s.mean(), s.meanSquare()));
        }
        Algorithm algorithm = builder.build(compressor.alpha(), horizon);
        if (wanted instanceof StepSize.OfTheory multiple && multiple.factor() != 1) {
            double gamma = multiple.factor() * algorithm.gamma().largest();
            return new Algorithm(preset, rule, new Schedule.Constant(gamma), algorithm.eta());
        }
        return algorithm;
    }
}
