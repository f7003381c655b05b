package io.evenkeel.trial.result;

/**
 * A row of a trajectory: the model x^k, its cost so far, and the step taken from it.
 *
 * @param round k; the last row, k = R, is the final model, from which no step is taken
 * @param loss f(x^k), the weighted mean of all clients' full losses
 * @param gradNorm ||grad f(x^k)||
 * @param testMetric the metric on held-out samples, NaN if there are none
 * @param uplinkBytes all bytes that clients sent before x^k
 * @param downlinkBytes all bytes that clients downloaded before x^k
 * @param stepSize gamma_k, NaN in the last row
 * @param directionNorm ||g^k||, NaN in the last row
 * @param epsilon the epsilon up to x^k of the client that sent the most messages; NaN without privacy
 * @param seconds wall-clock time of the method up to x^k, without the measurements
 */
public record TrajectoryPoint(
        int round,
        double loss,
        double gradNorm,
        double testMetric,
        long uplinkBytes,
        long downlinkBytes,
        double stepSize,
        double directionNorm,
        double epsilon,
        double seconds) {}
