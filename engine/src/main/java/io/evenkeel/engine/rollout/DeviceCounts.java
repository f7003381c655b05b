package io.evenkeel.engine.rollout;

/**
 * Counts of a group's devices.
 *
 * @param asked devices that got the version
 * @param installed of these, devices that reported it as installed
 * @param failed of these, devices that reported a failure
 */
public record DeviceCounts(int asked, int installed, int failed) {

    /** The counts of a group before any device has requested the version. */
    public static final DeviceCounts NONE = new DeviceCounts(0, 0, 0);

    /** Returns the counts of devices with the same outcome. */
    public static DeviceCounts of(DeviceOutcome outcome, int devices) {
        return new DeviceCounts(
                devices,
                outcome == DeviceOutcome.INSTALLED ? devices : 0,
                outcome == DeviceOutcome.FAILED ? devices : 0);
    }

    public DeviceCounts plus(DeviceCounts others) {
        return new DeviceCounts(asked + others.asked, installed + others.installed, failed + others.failed);
    }

    public DeviceCounts minus(DeviceCounts others) {
        return new DeviceCounts(asked - others.asked, installed - others.installed, failed - others.failed);
    }

    public int reports() {
        return installed + failed;
    }

    /** Returns the share of the reports that are successes; 0 without reports. */
    public double success() {
        return reports() == 0 ? 0 : (double) installed / reports();
    }

    /**
     * Returns whether there are too many failures: their share is above a limit, and would be even if all
     * missing reports were successes.
     */
    public boolean failsTooOften(double share, int needed) {
        return failed > share * Math.max(needed, reports());
    }
}
