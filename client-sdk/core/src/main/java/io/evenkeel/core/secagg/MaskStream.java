package io.evenkeel.core.secagg;

import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Expands seeds into masks: AES-256 in counter mode, as little-endian 32-bit words. Thread-safe. */
final class MaskStream {

    private static final int CHUNK = 1 << 14;

    private MaskStream() {}

    /**
     * Adds the mask of a seed to an array of words, modulo 2^32.
     *
     * @param seed 32 bytes, used for one mask only
     * @param sign 1 to add the mask, -1 to subtract it
     */
    static void add(byte[] seed, int sign, int[] words) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(seed, "AES"), new IvParameterSpec(new byte[16]));
            byte[] zeros = new byte[CHUNK];
            byte[] stream = new byte[CHUNK];
            for (int from = 0; from < words.length; from += CHUNK / Integer.BYTES) {
                int count = Math.min(CHUNK / Integer.BYTES, words.length - from);
                cipher.update(zeros, 0, count * Integer.BYTES, stream);
                for (int i = 0; i < count; i++) {
                    words[from + i] += sign * word(stream, i * Integer.BYTES);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every platform has AES in counter mode", e);
        }
    }

    private static int word(byte[] bytes, int at) {
        return (bytes[at] & 0xFF)
                | (bytes[at + 1] & 0xFF) << 8
                | (bytes[at + 2] & 0xFF) << 16
                | (bytes[at + 3] & 0xFF) << 24;
    }
}
