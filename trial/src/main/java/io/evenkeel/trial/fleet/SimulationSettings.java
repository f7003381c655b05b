package io.evenkeel.trial.fleet;

import io.evenkeel.core.compress.Compressor;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.ValidatedPlan;
import java.time.Duration;

/**
 * The assumptions of a simulation beyond the run and the fleet. Immutable.
 *
 * @param rounds the number of rounds after which the simulation ends, unless the run ends earlier
 * @param seed the seed of all draws except those of the run
 * @param messageBytes the bytes of a message
 * @param modelBytes the bytes of a whole model
 * @param updateBytes the bytes of a round's update, with which a device that has the previous model computes the next
 *     one
 * @param closing the time from the last message of a round until the next round opens
 * @param checkInsPerSecond the coordinator's setting {@code evenkeel.work.requests-per-second}
 */
public record SimulationSettings(
        int rounds,
        long seed,
        long messageBytes,
        long modelBytes,
        long updateBytes,
        Duration closing,
        double checkInsPerSecond) {

    /**
     * Returns the settings for a run, with the sizes of its messages and models.
     *
     * @param devices the number of devices
     */
    public static SimulationSettings of(
            ValidatedPlan plan, int devices, int rounds, long seed, Duration closing, double checkInsPerSecond) {
        RoundRules rules = RoundRules.of(plan.definition());
        int answers = Math.min(rules.sampleSize(devices), rules.maxParticipants());
        Compressor downlink = plan.downlink();
        long update = plan.denseBytes();
        if (downlink != null) {
            update = WireSizes.delta(downlink);
        } else if (plan.hasUpdates()) {
            update = WireSizes.update(plan.dimension(), plan.compressor().maxCount(), answers);
        }
        return new SimulationSettings(
                rounds,
                seed,
                WireSizes.message(plan.compressor()),
                plan.denseBytes(),
                update,
                closing,
                checkInsPerSecond);
    }

    /**
     * Returns the bytes that a device fetches to obtain a round's model: the updates since its last model, or
     * the whole model if that is less.
     *
     * @param before the round of the model that the device has, negative if it has none
     */
    public long downloadBytes(int before, int round) {
        return before < 0 ? modelBytes : Math.min(modelBytes, (round - before) * updateBytes);
    }

    /** Returns a copy with another number of rounds. */
    public SimulationSettings withRounds(int other) {
        return new SimulationSettings(other, seed, messageBytes, modelBytes, updateBytes, closing, checkInsPerSecond);
    }
}
