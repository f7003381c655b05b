package io.evenkeel.trial.experiment;

import java.util.ArrayList;
import java.util.List;

/** The arms of a trial that names none. */
final class DefaultArms {

    private DefaultArms() {}

    /** Returns uncompressed training with the best of a grid of step sizes, which all others are compared with. */
    static ArmSettings uncompressed() {
        return ArmSettings.parse("gd,gamma=tuned,name=gd");
    }

    /**
     * Returns those of a comparison.
     *
     * @param rough whether the loss has no smoothness constant that a step size could follow from
     * @param noisy whether clients compute minibatches or take local steps
     */
    static List<ArmSettings> of(boolean rough, boolean noisy) {
        List<ArmSettings> arms = new ArrayList<>(List.of(uncompressed(), ArmSettings.parse("gd-norm")));
        if (!rough) {
            arms.add(ArmSettings.parse("ef21"));
        }
        if (noisy) {
            arms.add(ArmSettings.parse("ef14,gamma=tuned,name=ef14-tuned"));
        }
        arms.add(ArmSettings.parse("ef21,gamma=tuned,name=ef21-tuned"));
        arms.add(ArmSettings.parse("ef21-norm"));
        arms.add(ArmSettings.parse("ef21-adaptive"));
        return List.copyOf(arms);
    }

    /** Returns those of what varies step sizes itself. */
    static List<ArmSettings> untuned(boolean rough) {
        return List.of(
                ArmSettings.parse(rough ? "ef21,gamma=0.1,name=ef21" : "ef21"),
                ArmSettings.parse("ef21-norm"),
                ArmSettings.parse("ef21,step=accumulated-norm,name=accumulated-norm"));
    }
}
