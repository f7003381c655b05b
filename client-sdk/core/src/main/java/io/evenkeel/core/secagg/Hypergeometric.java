package io.evenkeel.core.secagg;

/** Drawing without replacement from things of which some are marked. Immutable. */
final class Hypergeometric {

    private final double[] logFactorials;

    /** @param all the number of things, at least 1 */
    Hypergeometric(int all) {
        logFactorials = new double[all + 1];
        for (int i = 2; i <= all; i++) {
            logFactorials[i] = logFactorials[i - 1] + StrictMath.log(i);
        }
    }

    /** Returns the probability that at least {@code hits} of {@code drawn} things are among the {@code marked} ones. */
    double atLeast(int hits, int marked, int drawn) {
        int all = logFactorials.length - 1;
        double sum = 0;
        for (int i = Math.max(0, hits); i <= Math.min(drawn, marked); i++) {
            if (drawn - i <= all - marked) {
                sum += StrictMath.exp(
                        logChoose(marked, i) + logChoose(all - marked, drawn - i) - logChoose(all, drawn));
            }
        }
        return Math.min(1, sum);
    }

    private double logChoose(int n, int k) {
        return logFactorials[n] - logFactorials[k] - logFactorials[n - k];
    }
}
