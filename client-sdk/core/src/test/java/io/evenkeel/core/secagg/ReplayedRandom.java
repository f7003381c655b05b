package io.evenkeel.core.secagg;

import java.io.Serial;
import java.security.SecureRandom;

/** Returns given bytes in order, to make an aggregation repeatable. For tests only. */
public final class ReplayedRandom extends SecureRandom {

    @Serial
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;
    private int at;

    public ReplayedRandom(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    @Override
    public void nextBytes(byte[] into) {
        System.arraycopy(bytes, at, into, 0, into.length);
        at += into.length;
    }
}
