package io.evenkeel.client;

import io.evenkeel.core.vector.TensorLayout;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a run that a device needs.
 *
 * @param run the run's name
 * @param layout the model's tensors
 * @param rounds the number of rounds R when the device joined; an operator may change it
 * @param horizon the number of rounds for which schedules with a horizon are computed; it never changes
 * @param algorithm the algorithm's name
 * @param feedback the device's half of error feedback, in its text form
 * @param step the coordinator's step rule, in its text form
 * @param gamma the step sizes, in the schedule's text form
 * @param eta the momentum weights, in the schedule's text form
 * @param compressor the compressor, in its text form
 * @param downlink the compressor of a lossy downlink, in its text form; null if the downlink is lossless
 * @param localSteps the number of optimizer steps of a device in a round; empty if the device decides
 * @param seed the seed of random compressors
 * @param staleness the number of rounds after its own in which a message is still accepted
 * @param maxMessageBytes the maximum length of a message
 * @param privacy the noise that the device adds; null if the run has no privacy
 * @param secureAggregation the parameters with which the device masks its message; null if the run has no
 *     secure aggregation
 */
public record RunPlan(
        String run,
        TensorLayout layout,
        int rounds,
        int horizon,
        String algorithm,
        String feedback,
        String step,
        String gamma,
        String eta,
        String compressor,
        @Nullable String downlink,
        OptionalInt localSteps,
        long seed,
        int staleness,
        long maxMessageBytes,
        @Nullable RunPrivacy privacy,
        @Nullable RunSecureAggregation secureAggregation) {

    /** Returns the number of coordinates d. */
    public int dimension() {
        return layout.dimension();
    }
}
