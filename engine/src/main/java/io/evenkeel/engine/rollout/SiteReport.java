package io.evenkeel.engine.rollout;

import java.util.SortedMap;

/**
 * The combined reports of the devices behind a relay. The rules treat them like individual reports.
 *
 * @param devices counts of the devices
 * @param differences the differences of each metric, by name
 */
public record SiteReport(DeviceCounts devices, SortedMap<String, Differences> differences) {

    /**
     * Differences of a metric, new minus before, of several devices.
     *
     * @param devices the number of devices that have reported it for both versions, on enough samples
     * @param mean the mean of their differences
     * @param squares the sum of the squared deviations from the mean
     */
    public record Differences(int devices, double mean, double squares) {}
}
