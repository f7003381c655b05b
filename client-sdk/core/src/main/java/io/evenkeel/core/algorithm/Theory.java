package io.evenkeel.core.algorithm;

/** Step sizes that the theory of each baseline allows for smooth losses. */
public final class Theory {

    private Theory() {}

    /**
     * EF21: {@code 1/(L + Lt s/(1-s))} with {@code s = sqrt(1-alpha)} (Richtárik, Sokolov, Fatkhullin,
     * "EF21", NeurIPS 2021, Theorem 1, in the form against which arXiv 2410.16871 compares).
     *
     * @param smoothness L, the smoothness constant of the fleet's mean loss, above 0
     * @param meanSquareSmoothness Lt, the root of the mean of the clients' squared constants, at least L
     * @param alpha the compressor's contraction factor, in (0, 1]
     */
    public static double ef21StepSize(double smoothness, double meanSquareSmoothness, double alpha) {
        double s = Math.sqrt(1 - alpha);
        return 1 / (smoothness + meanSquareSmoothness * s / (1 - s));
    }

    /**
     * EF21 with momentum: {@code min(alpha/(20 Lt), eta/(7 L))} (Fatkhullin, Tyurin, Richtárik, "Momentum
     * provably improves error feedback!", NeurIPS 2023).
     *
     * @param eta the momentum, in (0, 1]
     */
    public static double ef21MomentumStepSize(
            double smoothness, double meanSquareSmoothness, double alpha, double eta) {
        return Math.min(alpha / (20 * meanSquareSmoothness), eta / (7 * smoothness));
    }

    /**
     * EF14: {@code alpha/(20 L)} (Stich, Karimireddy, "The error-feedback framework", JMLR 2020, Theorem 16
     * without noise: 1/(10 L (2/alpha))).
     */
    public static double ef14StepSize(double smoothness, double alpha) {
        return alpha / (20 * smoothness);
    }

    /** Gradient descent: {@code 1/L}. */
    public static double gradientDescentStepSize(double smoothness) {
        return 1 / smoothness;
    }
}
