package io.evenkeel.engine.selection;

import io.evenkeel.core.wire.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Maps a device to a fraction in [0, 1), for dividing devices into random parts. The fraction depends only on a seed
 * and the device's id: it is the same on every replica and after every restart, and needs no storage. It is uniform
 * over devices, and independent for different seeds, because it comes from SHA-256.
 *
 * <p>A device whose fraction is below a share belongs to that share of all devices. A larger share of the
 * same seed contains every smaller one.
 */
public final class DeviceFraction {

    private static final int UNUSED_BITS = Long.SIZE - 53;
    private static final double UNIT = 0x1p-53;

    private DeviceFraction() {}

    /**
     * Returns the fraction: the first 53 bits of the SHA-256 of the seed, a zero byte and the id, both in
     * UTF-8, divided by 2^53.
     *
     * @param seed any text without U+0000; each seed gives a different division
     * @param device the device's id
     */
    public static double of(String seed, String device) {
        if (seed.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the seed contains U+0000, which is not allowed");
        }
        byte[] hash = Digest.sha256().digest((seed + '\0' + device).getBytes(StandardCharsets.UTF_8));
        return (ByteBuffer.wrap(hash).getLong() >>> UNUSED_BITS) * UNIT;
    }
}
