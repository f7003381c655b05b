package io.evenkeel.core.secagg;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The SHA-256 of a run's plan and of the model of a round: the inputs of a message. All members of a cohort
 * must have the same basis. Otherwise a coordinator could give all devices but one a model or a plan with
 * which their messages are zero, and the sum would be that device's message. client-sdk/FORMAT.md says which
 * bytes are hashed. Immutable.
 */
public final class CohortBasis {

    /** The length of the digest in bytes. */
    public static final int BYTES = 32;

    private static final byte[] PURPOSE = "evenkeel cohort basis 1\0".getBytes(StandardCharsets.US_ASCII);

    private final byte[] digest;

    /**
     * @param digest 32 bytes; copied
     * @throws IllegalArgumentException if its length is not 32
     */
    public CohortBasis(byte[] digest) {
        if (digest.length != BYTES) {
            throw new IllegalArgumentException(
                    "the digest of model and plan has " + digest.length + " bytes, expected " + BYTES);
        }
        this.digest = digest.clone();
    }

    /** Writes a model. */
    @FunctionalInterface
    public interface ModelWriter {

        /** Writes d little-endian float32 values. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Computes the digest. Needs no memory other than the writer's.
     *
     * @param model writes the model from which devices compute their messages
     */
    public static CohortBasis of(CohortPlan plan, ModelWriter model) {
        MessageDigest sha256 = Crypto.sha256();
        sha256.update(PURPOSE);
        plan.addTo(sha256);
        try {
            model.writeTo(new OutputStream() {
                @Override
                public void write(int value) {
                    sha256.update((byte) value);
                }

                @Override
                public void write(byte[] bytes, int from, int count) {
                    sha256.update(bytes, from, count);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new CohortBasis(sha256.digest());
    }

    /** Returns the digest, 32 bytes, in a new array. */
    public byte[] toBytes() {
        return digest.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CohortBasis that && Arrays.equals(digest, that.digest);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digest);
    }

    /** Returns the first 8 bytes in hex, for errors. */
    @Override
    public String toString() {
        return String.format("%016x", ByteBuffer.wrap(digest).getLong());
    }
}
