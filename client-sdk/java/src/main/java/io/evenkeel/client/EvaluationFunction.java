package io.evenkeel.client;

import java.util.Map;

/** Evaluates a model on data of the device that is not used for training. Only the metrics are sent. */
@FunctionalInterface
public interface EvaluationFunction {

    /**
     * Evaluates the model of a round, before the gradient is computed.
     *
     * @param model the model of the round
     * @return metrics by name, such as {@code accuracy}; values that are not finite are not sent
     * @throws Exception if it fails; the training then ends with an {@link EvenkeelException}
     */
    Map<String, Double> evaluate(Model model) throws Exception;
}
