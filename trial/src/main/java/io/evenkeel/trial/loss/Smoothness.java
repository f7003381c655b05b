package io.evenkeel.trial.loss;

/**
 * Constants of ordinary smoothness.
 *
 * @param mean L, of the clients' mean loss, above 0
 * @param meanSquare Lt, the root of the mean of the clients' squared constants, at least L
 */
public record Smoothness(double mean, double meanSquare) {

    /** Keeps Lt at least at L, despite rounding and bounds that are too good for the clients. */
    public Smoothness {
        meanSquare = Math.max(mean, meanSquare);
    }
}
