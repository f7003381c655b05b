package io.evenkeel.trial.learn;

/**
 * The loss and the accuracy of a model on some samples.
 *
 * @param loss mean loss, in nats for cross-entropy
 * @param accuracy the share of samples whose class has the largest output, 0 to 1
 */
public record Evaluation(double loss, double accuracy) {}
