package io.evenkeel.coordinator.draw;

import io.evenkeel.core.privacy.EntropySource;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Expands a seed to random bytes: the key stream of ChaCha20 (RFC 8439, Section 2.4). The key is the seed, and the
 * nonce is the round as a little-endian int64, followed by four zero bytes. Not thread-safe.
 *
 * <p>ChaCha20 is fully specified, has published test vectors, is in every JDK since 11, and uses no
 * key-dependent table lookups. One seed yields up to 256 GiB. The seed is not used as a key for anything
 * else.
 */
final class NoiseStream implements EntropySource {

    static final int SEED_BYTES = 32;

    private static final String ALGORITHM = "ChaCha20";
    private static final int NONCE_BYTES = 12;

    private final Cipher cipher;

    /**
     * @param seed 32 bytes
     * @param round k
     */
    NoiseStream(byte[] seed, int round) {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(round)
                .array();
        try {
            cipher = Cipher.getInstance(ALGORITHM);
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(seed, ALGORITHM), new ChaCha20ParameterSpec(nonce, 0));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK lacks ChaCha20, which every JDK from 11 on has", e);
        }
    }

    @Override
    public void fill(byte[] bytes) {
        Arrays.fill(bytes, (byte) 0);
        try {
            cipher.update(bytes, 0, bytes.length, bytes, 0);
        } catch (ShortBufferException e) {
            throw new IllegalStateException(e);
        }
    }
}
