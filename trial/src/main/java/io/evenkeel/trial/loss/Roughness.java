package io.evenkeel.trial.loss;

/**
 * Constants of (L0, L1)-smoothness: {@code ||grad f(x) - grad f(y)|| <= (L0 + L1 sup ||grad f||) ||x - y||}.
 *
 * @param l0 at least 0
 * @param l1 at least 0
 */
public record Roughness(double l0, double l1) {}
