package io.evenkeel.client.internal.device;

import io.evenkeel.core.secagg.StateBackup;

/** The secret with which a device encrypts the copies of its state. */
public final class RecoveryKey {

    private final byte[] bytes;

    /** @throws IllegalArgumentException if there are not {@link StateBackup#KEY_BYTES} bytes, which are copied */
    public RecoveryKey(byte[] bytes) {
        if (bytes.length != StateBackup.KEY_BYTES) {
            throw new IllegalArgumentException(
                    "recoveryKey has " + bytes.length + " bytes, expected " + StateBackup.KEY_BYTES + " random ones");
        }
        this.bytes = bytes.clone();
    }

    /** Returns the bytes, not copied. */
    public byte[] bytes() {
        return bytes;
    }
}
