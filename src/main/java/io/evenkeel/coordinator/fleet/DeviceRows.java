package io.evenkeel.coordinator.fleet;

/**
 * Rows, other than the device's own, that describe it or may contain its texts. The records of runs are not among them:
 * they refer to a device by its id, which is part of their verification. Thread-safe.
 */
public interface DeviceRows {

    /**
     * Removes a device's texts from the rows. In rows that are counted, {@link ErasedDevice#pseudonym} replaces its id.
     * Works in the caller's transaction.
     */
    void erase(ErasedDevice device);
}
