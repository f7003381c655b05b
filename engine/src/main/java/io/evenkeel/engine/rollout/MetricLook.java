package io.evenkeel.engine.rollout;

/**
 * A look at a metric's differences between the new and the previous version, device by device.
 *
 * @param metric the metric's name
 * @param number 1, 2, 3, ... in the group; early looks are numbered separately
 * @param pairs devices that have reported the metric for both versions
 * @param difference mean over devices of the new value minus the previous one
 * @param low lower end of the interval of the mean difference
 * @param high upper end
 * @param verdict the conclusion
 */
public record MetricLook(
        String metric, int number, int pairs, double difference, double low, double high, MetricVerdict verdict) {

    /** Returns the state before the first look. */
    public static MetricLook none(String metric) {
        return new MetricLook(metric, 0, 0, 0, 0, 0, MetricVerdict.UNDECIDED);
    }
}
