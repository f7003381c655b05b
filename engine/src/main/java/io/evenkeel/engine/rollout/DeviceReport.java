package io.evenkeel.engine.rollout;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A device's report about a version, or a relay's report about the devices of its site.
 *
 * @param outcome installed or failed; for a relay, whether its site accepts the version
 * @param reason the reason why it failed
 * @param samples the number of samples on which the metrics were computed
 * @param values the metrics by name
 * @param site the combined reports of the devices behind a relay; null for a device
 */
public record DeviceReport(
        DeviceOutcome outcome,
        @Nullable String reason,
        @Nullable Long samples,
        SortedMap<String, Values> values,
        @Nullable SiteReport site) {

    /**
     * A metric on the device's data.
     *
     * @param before the value with the previous version; null if the device did not have it
     * @param after the value with the new version
     */
    public record Values(@Nullable Double before, double after) {}
}
