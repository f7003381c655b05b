package io.evenkeel.coordinator.fleet;

/**
 * Finds rows, other than the device's own, that describe a device or may contain text that identifies it.
 * Records of runs are not included: they refer to a device by its id, which is part of their verification.
 * Thread-safe.
 */
public interface DeviceRows {

    /**
     * Removes text that identifies a device from the rows. In rows that are counted,
     * {@link ErasedDevice#pseudonym} replaces its id. Works in the caller's transaction.
     */
    void erase(ErasedDevice device);
}
