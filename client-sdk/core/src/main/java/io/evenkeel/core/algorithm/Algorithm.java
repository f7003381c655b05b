package io.evenkeel.core.algorithm;

import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepRule;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * An algorithm: the settings, other than the compressor, that the devices and the coordinator share.
 * Immutable.
 *
 * @param preset the algorithm's name
 * @param step the coordinator's step rule
 * @param gamma the step size
 * @param eta the clients' momentum, or the decay of their memory, in (0, 1]; ignored by methods with neither
 */
public record Algorithm(Preset preset, StepRule step, Schedule gamma, Schedule eta) {

    public Algorithm {
        if (eta.largest() > 1) {
            throw new IllegalArgumentException("eta is " + eta + ", expected a schedule with values in (0, 1]");
        }
    }

    /** Returns the clients' error feedback. */
    public FeedbackMethod feedback() {
        return preset.feedback();
    }

    /** Returns a builder that starts from a preset. Omitted settings get the theory's values. Not thread-safe. */
    public static Builder builder(Preset preset) {
        return new Builder(preset);
    }

    /** Builds an algorithm from a preset and the settings that differ from it. */
    public static final class Builder {

        private final Preset preset;
        private StepRule step;
        private @Nullable Schedule gamma;
        private @Nullable Schedule eta;
        private double smoothness = Double.NaN;
        private double meanSquareSmoothness = Double.NaN;

        private Builder(Preset preset) {
            this.preset = preset;
            this.step = preset.step();
        }

        /** Sets the coordinator's step rule. The default is the preset's. */
        public Builder step(StepRule step) {
            this.step = step;
            return this;
        }

        /** Sets the step size. The default is the theoretical size for the step rule. */
        public Builder gamma(Schedule gamma) {
            this.gamma = gamma;
            return this;
        }

        /** Sets the momentum. The default is {@link Preset#defaultEta}. */
        public Builder eta(Schedule eta) {
            this.eta = eta;
            return this;
        }

        /**
         * Sets the smoothness of the loss, which determines the default size of plain steps.
         *
         * @param smoothness L of the fleet's mean loss, above 0
         * @param meanSquareSmoothness Lt, the root of the clients' mean squared L_i, at least L
         */
        public Builder smoothness(double smoothness, double meanSquareSmoothness) {
            if (!(smoothness > 0) || !(meanSquareSmoothness >= smoothness) || Double.isInfinite(meanSquareSmoothness)) {
                throw new IllegalArgumentException("smoothness is L = " + smoothness + " and Lt = "
                        + meanSquareSmoothness + ", expected finite numbers with 0 < L <= Lt");
            }
            this.smoothness = smoothness;
            this.meanSquareSmoothness = meanSquareSmoothness;
            return this;
        }

        /**
         * Builds the algorithm and fills in the defaults.
         *
         * @param alpha the compressor's contraction factor, if it has one
         * @param horizon K, one less than the number of rounds
         * @throws IllegalArgumentException if no step size was set and none can be derived from the other settings
         */
        public Algorithm build(OptionalDouble alpha, int horizon) {
            Schedule resolvedEta = eta != null ? eta : preset.defaultEta();
            Schedule resolvedGamma = gamma;
            if (resolvedGamma == null) {
                resolvedGamma = preset.defaultGamma(step);
            }
            if (resolvedGamma == null) {
                resolvedGamma = new Schedule.Constant(theoryStepSize(alpha, resolvedEta.at(0, horizon)) / step.gain());
            }
            return new Algorithm(preset, step, resolvedGamma, resolvedEta);
        }

        private double theoryStepSize(OptionalDouble alpha, double etaValue) {
            if (preset.feedback().keepsModel() || preset.feedback() == FeedbackMethod.EF14_DECAY) {
                throw withoutPlainTheory();
            }
            if (Double.isNaN(smoothness)) {
                throw new IllegalArgumentException(
                        "'" + preset.text()
                                + "' takes plain steps, whose size depends on the loss: give gamma, or the smoothness L for the theory's");
            }
            if (preset.feedback() == FeedbackMethod.NONE) {
                return Theory.gradientDescentStepSize(smoothness);
            }
            double contraction = alpha.orElseThrow(
                    () -> new IllegalArgumentException("the compressor has no contraction factor, so the theory gives '"
                            + preset.text() + "' no step size: give gamma, or use another compressor"));
            return switch (preset.feedback()) {
                case EF21 -> Theory.ef21StepSize(smoothness, meanSquareSmoothness, contraction);
                case EF21_MOMENTUM ->
                    Theory.ef21MomentumStepSize(smoothness, meanSquareSmoothness, contraction, etaValue);
                case EF21_IGT, EF21_STORM, EF14_DECAY -> throw withoutPlainTheory();
                case EF14, NONE -> Theory.ef14StepSize(smoothness, contraction);
            };
        }

        private IllegalArgumentException withoutPlainTheory() {
            return new IllegalArgumentException("the theory gives '" + preset.text()
                    + "' no size of plain steps: give gamma, or use the step rule normalized");
        }
    }
}
