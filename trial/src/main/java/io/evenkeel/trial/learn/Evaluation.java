package io.evenkeel.trial.learn;

/**
 * The loss and the accuracy of a model on some samples.
 *
 * @param loss mean loss, in nats for cross-entropy
 * @param accuracy share of samples whose largest output is their class's, 0 to 1
 */
public record Evaluation(double loss, double accuracy) {}
