package io.evenkeel.coordinator.definition;

import io.evenkeel.coordinator.definition.RunDefinition.InitialModel;
import org.jspecify.annotations.Nullable;

/** Checks a definition whose models come from a run above, with the step {@code upstream}. Collects what is wrong. Not thread-safe. */
final class UpstreamCheck {

    private final RunDefinition asked;
    private final FieldErrors errors;

    UpstreamCheck(RunDefinition asked, FieldErrors errors) {
        this.asked = asked;
        this.errors = errors;
    }

    /** Returns whether the models come from a run above. */
    boolean follows() {
        return ValidatedPlan.UPSTREAM.equals(asked.step());
    }

    /** Returns the asked step rule. A step that is never taken still has a rule. */
    @Nullable
    String step() {
        return follows() ? "plain" : asked.step();
    }

    /** Returns the asked step size. A step that is never taken still has a size. */
    @Nullable
    String gamma() {
        return follows() ? "constant:1" : asked.gamma();
    }

    /** Returns where the first model comes from. */
    InitialModel initialModel() {
        if (asked.initialModel() != null) {
            return asked.initialModel();
        }
        return follows() ? InitialModel.UPLOADED : InitialModel.ZEROS;
    }

    /** Refuses what has no meaning, or was not tested, where the models come from a run above. */
    void check() {
        if (!follows()) {
            return;
        }
        String leave = "with step 'upstream': leave it out";
        errors.require(asked.gamma() == null, "gamma", () -> "is decided by the run above " + leave);
        errors.require(asked.smoothness() == null, "smoothness", () -> "is decided by the run above " + leave);
        errors.require(
                asked.downlink() == null, "downlink", () -> "is not possible " + leave + ", devices get whole models");
        errors.require(
                asked.initialModel() != InitialModel.ZEROS,
                "initialModel",
                () -> "is zeros, expected uploaded: the first model, too, is that of the run above");
    }
}
