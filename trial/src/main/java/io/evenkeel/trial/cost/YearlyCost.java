package io.evenkeel.trial.cost;

/**
 * The cost of a year of trainings; infinite if the target is not reached.
 *
 * @param up of bytes sent
 * @param down of bytes fetched
 * @param computing of the devices' time
 */
public record YearlyCost(double up, double down, double computing) {

    public double total() {
        return up + down + computing;
    }
}
