package io.evenkeel.client;

import java.util.Map;

/** Measures a model on data of the device that it does not train on. Only the figures travel. */
@FunctionalInterface
public interface EvaluationFunction {

    /**
     * Measures the model of a round, before the gradient is computed.
     *
     * @param model the model of the round
     * @return metric by name, such as {@code accuracy}; values that are not finite are left out of the message
     * @throws Exception ends the training with an {@link io.evenkeel.client.EvenkeelException} caused by it
     */
    Map<String, Double> evaluate(Model model) throws Exception;
}
