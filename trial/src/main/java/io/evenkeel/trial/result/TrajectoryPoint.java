package io.evenkeel.trial.result;

/**
 * A row of a trajectory: the model x^k, what it took to get there, and the step taken from it.
 *
 * @param round k; the last row, k = R, is the final model, from which no step is taken
 * @param loss f(x^k), the weighted mean of all clients' full losses
 * @param gradNorm ||grad f(x^k)||
 * @param testMetric the metric on held-out samples, NaN if there are none
 * @param uplinkBytes all bytes clients had sent before x^k was there
 * @param downlinkBytes all bytes clients had fetched before x^k was there
 * @param stepSize gamma_k, NaN in the last row
 * @param directionNorm ||g^k||, NaN in the last row
 * @param epsilon of differential privacy up to x^k, for the client that sent the most messages; NaN without privacy
 * @param seconds wall time of the method's own work up to x^k, without the measuring
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
