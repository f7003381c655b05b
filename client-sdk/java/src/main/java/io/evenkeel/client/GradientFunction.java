package io.evenkeel.client;

/**
 * Computes the gradient of the device's loss at a model.
 *
 * <p>Called on the thread that called {@link EvenkeelClient#train}, one round at a time. It may take any time; a message that
 * arrives after its round has closed is dropped without harm.
 *
 * <p>Local steps (FedAvg): train a copy of the model locally and return the pseudo-gradient, model before minus model after.
 * Nothing else changes.
 */
@FunctionalInterface
public interface GradientFunction {

    /**
     * Computes the gradient.
     *
     * @param model the model of the round
     * @return d finite values, or {@link Gradient#skip()} to skip the round
     * @throws Exception ends the training with an {@link io.evenkeel.client.EvenkeelException} caused by it; nothing is sent
     */
    Gradient compute(Model model) throws Exception;
}
