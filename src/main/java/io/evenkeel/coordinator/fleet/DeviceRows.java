package io.evenkeel.coordinator.fleet;

/**
 * Rows beside the device's own that say something of a device, or in which its texts can stand. The records of runs are none: they name
 * a device by its id, and are verified with it. Thread-safe.
 */
public interface DeviceRows {

    /**
     * Takes a device out of the rows: its texts, and its id from rows that are counted, where {@link ErasedDevice#pseudonym} replaces it.
     * Works in the caller's transaction.
     */
    void erase(ErasedDevice device);
}
