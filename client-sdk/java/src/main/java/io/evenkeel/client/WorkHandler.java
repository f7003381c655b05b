package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/** Says what an application does with the runs that a device is given at check-in. Called on the thread of {@link EvenkeelClient#work}. */
@FunctionalInterface
public interface WorkHandler {

    /**
     * Returns the gradient function for a run; null to take no part in it. Called before the device joins, and before each round.
     *
     * @param run the run's name
     */
    @Nullable
    GradientFunction gradient(String run);

    /**
     * Returns what measures a model on this device's samples for an evaluation, without training; null, the default, to take no part in
     * it. The version's number is that of the round if the model is a run's.
     *
     * @param evaluation the evaluation's name
     */
    default @Nullable VersionEvaluator evaluator(String evaluation) {
        return null;
    }

    /**
     * Returns why the device does not work at this moment, such as {@link DeclineReason#BATTERY}; null if it can, which is the default.
     * The device then declines rounds that ask it, so that they do not wait for it, joins no run and measures no model.
     */
    default @Nullable DeclineReason declines() {
        return null;
    }
}
