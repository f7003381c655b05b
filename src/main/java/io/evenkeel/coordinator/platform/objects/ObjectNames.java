package io.evenkeel.coordinator.platform.objects;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;

/**
 * Creates names of objects: the time in milliseconds and a random number, in hex. This makes names unique and
 * sortable by age.
 */
public final class ObjectNames {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final HexFormat HEX = HexFormat.of();
    private static final int TIME_DIGITS = 12;

    private ObjectNames() {}

    /** Returns a new name. */
    public static String next(Instant now) {
        return HEX.toHexDigits(now.toEpochMilli(), TIME_DIGITS) + "-" + HEX.toHexDigits(RANDOM.nextLong());
    }
}
