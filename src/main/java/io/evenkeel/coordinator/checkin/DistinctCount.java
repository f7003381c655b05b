package io.evenkeel.coordinator.checkin;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Estimates the number of distinct devices seen, in 128 KiB. Each device sets the bit to which its id hashes,
 * and the estimate is computed from the share of bits that are still zero. This is linear counting: Whang,
 * Vander-Zanden and Taylor, "A linear-time probabilistic counting algorithm for database applications" (ACM
 * TODS 1990). The standard error is 0.1% for a million devices and 2% for ten million. Thread-safe.
 */
final class DistinctCount {

    private static final int BITS = 1 << 20;

    private final AtomicLongArray words = new AtomicLongArray(BITS / Long.SIZE);
    private final AtomicInteger ones = new AtomicInteger();

    /** Counts a device, unless it has already been counted. */
    void add(String id) {
        int bit = hash(id) & (BITS - 1);
        long mask = 1L << bit;
        long before = words.getAndAccumulate(bit / Long.SIZE, mask, (word, one) -> word | one);
        if ((before & mask) == 0) {
            ones.incrementAndGet();
        }
    }

    /** Returns the estimate. */
    double estimate() {
        int zeros = Math.max(1, BITS - ones.get());
        return BITS * Math.log((double) BITS / zeros);
    }

    /**
     * Mixes the bits of {@link String#hashCode}, whose lowest bits depend only on the last characters, with
     * the finalizer of MurmurHash3.
     */
    private static int hash(String id) {
        int mixed = id.hashCode();
        mixed = (mixed ^ (mixed >>> 16)) * 0x85ebca6b;
        mixed = (mixed ^ (mixed >>> 13)) * 0xc2b2ae35;
        return mixed ^ (mixed >>> 16);
    }
}
