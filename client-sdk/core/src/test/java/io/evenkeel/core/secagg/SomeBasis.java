package io.evenkeel.core.secagg;

/** Digests of models and plans that do not exist. */
public final class SomeBasis {

    private SomeBasis() {}

    /** Returns a digest whose bytes are the numbers from one on; other numbers give other digests. */
    public static CohortBasis from(int first) {
        byte[] digest = new byte[CohortBasis.BYTES];
        for (int i = 0; i < digest.length; i++) {
            digest[i] = (byte) (first + i);
        }
        return new CohortBasis(digest);
    }
}
