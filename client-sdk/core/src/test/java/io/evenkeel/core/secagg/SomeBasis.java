package io.evenkeel.core.secagg;

/** Digests of fictitious models and plans. */
public final class SomeBasis {

    private SomeBasis() {}

    /** Returns a digest whose bytes count up from a number; different numbers give different digests. */
    public static CohortBasis from(int first) {
        byte[] digest = new byte[CohortBasis.BYTES];
        for (int i = 0; i < digest.length; i++) {
            digest[i] = (byte) (first + i);
        }
        return new CohortBasis(digest);
    }
}
