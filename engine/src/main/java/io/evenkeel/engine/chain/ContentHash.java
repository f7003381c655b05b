package io.evenkeel.engine.chain;

import io.evenkeel.core.wire.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Computes the SHA-256 of values in a given order, each preceded by its length. The order and the text of
 * each value never change: stored hashes contain them. Not thread-safe.
 */
public final class ContentHash {

    private static final int NONE = -1;

    private final MessageDigest sha = Digest.sha256();

    /**
     * Adds values: text, whole numbers, floating-point numbers by their bits, booleans, instants; null for a
     * missing value.
     */
    public ContentHash add(@Nullable Object... values) {
        for (Object value : values) {
            put(value);
        }
        return this;
    }

    private void put(@Nullable Object value) {
        if (value == null) {
            length(NONE);
        } else {
            byte[] text = text(value).getBytes(StandardCharsets.UTF_8);
            length(text.length);
            sha.update(text);
        }
    }

    private void length(int length) {
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
    }

    /** Does not use Double.toString, whose digits depend on the JDK. H2 stores -0.0 as 0.0. */
    private static String text(Object value) {
        return value instanceof Double number
                ? Long.toHexString(Double.doubleToLongBits(number + 0.0))
                : value.toString();
    }

    /** Returns the hash in hex; nothing can be added afterwards. */
    public String hex() {
        return HexFormat.of().formatHex(sha.digest());
    }
}
