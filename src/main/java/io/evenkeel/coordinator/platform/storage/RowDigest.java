package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.core.wire.Digest;
import java.nio.ByteBuffer;

/** Digests that bind stored bytes to the columns beside them. */
public final class RowDigest {

    private RowDigest() {}

    /**
     * Returns the digest of a checkpoint or an update. It covers the round, the step rule's memory, and the
     * bytes.
     */
    public static long of(int round, byte[] memory, byte[] bytes) {
        return of(round, Digest.of(memory), Digest.of(bytes));
    }

    /** Returns the same digest, computed from the digests of the memory and the bytes. */
    public static long of(int round, long memoryDigest, long digest) {
        return bound(digest, round, memoryDigest);
    }

    /** Returns the digest of some numbers followed by bytes, of which there may be none. */
    public static long of(byte[] bytes, long... numbers) {
        return bound(Digest.of(bytes), numbers);
    }

    private static long bound(long digest, long... numbers) {
        ByteBuffer bound = ByteBuffer.allocate(Long.BYTES * (numbers.length + 1));
        for (long number : numbers) {
            bound.putLong(number);
        }
        bound.putLong(digest);
        return Digest.of(bound.array());
    }
}
