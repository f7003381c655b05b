package io.evenkeel.core.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.regex.Pattern;

/** Computes the digest that chains messages: the first 8 bytes of SHA-256, as a big-endian number. */
public final class Digest {

    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{16}");
    private static final int BYTES = 8;

    private Digest() {}

    /** Returns the digest of a whole array. */
    public static long of(byte[] bytes) {
        return of(bytes, 0, bytes.length);
    }

    /**
     * Returns the digest of a part of an array.
     *
     * @throws IndexOutOfBoundsException if offset and length are not within the array
     */
    public static long of(byte[] bytes, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        MessageDigest sha = sha256();
        sha.update(bytes, offset, length);
        return of(sha);
    }

    /**
     * Returns the digest of a salt and a message, which reveals nothing about the message without the salt.
     *
     * @param salt at least 16 random bytes, for one message only
     */
    public static long salted(byte[] salt, byte[] message) {
        MessageDigest sha = sha256();
        sha.update(salt);
        sha.update(message);
        return of(sha);
    }

    /**
     * Returns the digest of the bytes passed to a hash, and resets the hash.
     *
     * @param sha from {@link #sha256}
     */
    public static long of(MessageDigest sha) {
        byte[] hash = sha.digest();
        long digest = 0;
        for (int i = 0; i < BYTES; i++) {
            digest = digest << Byte.SIZE | (hash[i] & 0xFF);
        }
        return digest;
    }

    /** Returns a digest as 16 lower-case hex digits. */
    public static String toHex(long digest) {
        return String.format("%016x", digest);
    }

    /**
     * Returns the digest written as 16 hex digits.
     *
     * @throws IllegalArgumentException if the text is not exactly 16 hex digits
     */
    public static long parseHex(String text) {
        if (!HEX.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "a digest is '" + (text.length() > 32 ? text.substring(0, 32) + "…" : text)
                            + "', expected 16 hex digits: take it from the last receipt, or 0000000000000000 before the first");
        }
        return Long.parseUnsignedLong(text, 16);
    }

    /** Returns the hash whose first bytes are the digest, for data that arrives in pieces. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM lacks SHA-256, which every JVM must have", e);
        }
    }
}
