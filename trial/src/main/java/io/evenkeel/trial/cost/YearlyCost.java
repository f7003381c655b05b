package io.evenkeel.trial.cost;

/**
 * The cost of a year of training; infinite if the target is not reached.
 *
 * @param up the cost of the bytes sent
 * @param down the cost of the bytes downloaded
 * @param computing the cost of the devices' computing time
 */
public record YearlyCost(double up, double down, double computing) {

    public double total() {
        return up + down + computing;
    }
}
