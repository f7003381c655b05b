package io.evenkeel.engine.definition;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.engine.definition.RunDefinition.InitialModel;
import org.jspecify.annotations.Nullable;

/**
 * Checks a definition with the step {@code upstream}, which takes its models from an upstream run. Collects the errors.
 * Not thread-safe.
 */
final class UpstreamCheck {

    private final RunDefinition asked;
    private final FieldErrors errors;

    UpstreamCheck(RunDefinition asked, FieldErrors errors) {
        this.asked = asked;
        this.errors = errors;
    }

    /** Returns whether the models come from an upstream run. */
    boolean follows() {
        return ValidatedPlan.UPSTREAM.equals(asked.step());
    }

    /** Returns the requested step rule. The field has a value even if no step is taken. */
    @Nullable
    String step() {
        return follows() ? "plain" : asked.step();
    }

    /** Returns the requested step size. The field has a value even if no step is taken. */
    @Nullable
    String gamma() {
        return follows() ? "constant:1" : asked.gamma();
    }

    /** Returns the source of the first model. */
    InitialModel initialModel() {
        if (asked.initialModel() != null) {
            return asked.initialModel();
        }
        return follows() ? InitialModel.UPLOADED : InitialModel.ZEROS;
    }

    /** Refuses fields that are meaningless or untested if the models come from an upstream run. */
    void check() {
        if (!follows()) {
            return;
        }
        String leave = "with step 'upstream': leave it out";
        errors.require(
                !Preset.EF14_DECAY_SCATTER_MEAN.text().equals(asked.algorithm()),
                "algorithm",
                () -> "is '" + asked.algorithm()
                        + "', whose mean needs the number of senders of each coordinate, and a relay sends sums without"
                        + " counts: expected ef14-decay, with step 'upstream'");
        errors.require(asked.gamma() == null, "gamma", () -> "is decided by the run above " + leave);
        errors.require(asked.smoothness() == null, "smoothness", () -> "is decided by the run above " + leave);
        errors.require(
                asked.downlink() == null, "downlink", () -> "is not possible " + leave + ", devices get whole models");
        errors.require(
                asked.initialModel() != InitialModel.ZEROS,
                "initialModel",
                () -> "is zeros, expected uploaded: the first model is also that of the run above");
    }
}
