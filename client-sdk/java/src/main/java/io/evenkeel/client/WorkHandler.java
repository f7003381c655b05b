package io.evenkeel.client;

import org.jspecify.annotations.Nullable;

/**
 * Decides how an application handles the runs that a device gets at check-in. Called on the thread of {@link
 * EvenkeelClient#work}.
 */
@FunctionalInterface
public interface WorkHandler {

    /**
     * Returns the gradient function for a run; null to stay out of it. Called before the device joins, and before
     * each round.
     *
     * @param run the run's name
     */
    @Nullable
    GradientFunction gradient(String run);

    /**
     * Returns the evaluator that measures a model on this device's samples for an evaluation, without training; null,
     * the default, to stay out of it. If the model is a run's, the version's number is the round.
     *
     * @param evaluation the evaluation's name
     */
    default @Nullable VersionEvaluator evaluator(String evaluation) {
        return null;
    }

    /**
     * Returns the reason why the device cannot work at the moment, such as {@link DeclineReason#BATTERY}; null, the
     * default, if it can. With a reason the device declines the rounds that select it, so that they do not wait for it,
     * joins no run and measures no model.
     */
    default @Nullable DeclineReason declines() {
        return null;
    }
}
