package io.evenkeel.coordinator.fleet;

/**
 * Finds rows, other than the device's own, that describe a device or may contain its texts. Records of runs are not
 * included: they refer to a device by its id, which is part of their verification. Thread-safe.
 */
public interface DeviceRows {

    /**
     * Removes a device's texts from the rows. In rows that are counted, {@link ErasedDevice#pseudonym} replaces its id.
     * Works in the caller's transaction.
     */
    void erase(ErasedDevice device);
}
