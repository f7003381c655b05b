package io.evenkeel.coordinator.rollout;

import io.evenkeel.coordinator.rollout.rule.DeviceOutcome;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A device's report about a version.
 *
 * @param outcome installed or failed
 * @param reason why it failed
 * @param samples on how many samples the metrics were computed
 * @param values the metrics by name
 */
record DeviceReport(
        DeviceOutcome outcome,
        @Nullable String reason,
        @Nullable Long samples,
        SortedMap<String, Values> values) {

    /**
     * A metric on the device's data.
     *
     * @param before with the version before; null if the device did not have it
     * @param after with the new version
     */
    record Values(@Nullable Double before, double after) {}
}
