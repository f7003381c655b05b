package io.evenkeel.trial.loss;

/**
 * Constants of ordinary smoothness.
 *
 * @param mean L, of the clients' mean loss, above 0
 * @param meanSquare Lt, the root of the mean of the clients' squared constants, at least L
 */
public record Smoothness(double mean, double meanSquare) {

    /** Lets neither rounding nor a bound too good for the clients make Lt smaller than L. */
    public Smoothness {
        meanSquare = Math.max(mean, meanSquare);
    }
}
