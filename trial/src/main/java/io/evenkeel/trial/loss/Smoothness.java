package io.evenkeel.trial.loss;

/**
 * Smoothness constants.
 *
 * @param mean L, of the clients' mean loss, above 0
 * @param meanSquare Lt, the root of the mean of the clients' squared constants, at least L
 */
public record Smoothness(double mean, double meanSquare) {

    /** Ensures that Lt is at least L, despite rounding and underestimated constants of clients. */
    public Smoothness {
        meanSquare = Math.max(mean, meanSquare);
    }
}
