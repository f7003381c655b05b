package io.evenkeel.core.secagg;

import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A device's half of error feedback as the coordinator stores it: encrypted with AES-256-GCM under a key that
 * is derived from the device's recovery key, the run and the client. The coordinator can read only the
 * position in the chain. FORMAT.md specifies the format.
 */
public final class StateBackup {

    /** The media type. */
    public static final String MEDIA_TYPE = "application/vnd.evenkeel.backup";

    /** The length of a recovery key in bytes. */
    public static final int KEY_BYTES = 32;

    /** The length of a nonce in bytes. Each copy needs a new random nonce. */
    public static final int NONCE_BYTES = 12;

    private static final int TAG_BYTES = 16;
    private static final byte[] MAGIC = {(byte) 0xE7, 'B', 1, 0};
    private static final int AUTHENTICATED = MAGIC.length + 2 * Long.BYTES;
    private static final int OVERHEAD = AUTHENTICATED + NONCE_BYTES + TAG_BYTES;
    private static final String PURPOSE = "evenkeel device backup 1";
    private static final int BITS = 8;

    private final Position position;
    private final int lastRound;
    private final FeedbackMethod method;
    private final int dimension;
    private final List<double[]> vectors;

    /**
     * @param lastRound the round of the last accepted message
     * @param dimension d
     * @param vectors the method's vectors, d values each; not copied
     */
    public StateBackup(Position position, int lastRound, FeedbackMethod method, int dimension, List<double[]> vectors) {
        this.position = position;
        this.lastRound = lastRound;
        this.method = method;
        this.dimension = dimension;
        this.vectors = List.copyOf(vectors);
    }

    /**
     * The accepted messages that a state includes.
     *
     * @param sequence the number of these messages
     * @param head the digest of the last one
     */
    public record Position(long sequence, long head) {}

    public Position position() {
        return position;
    }

    /** Returns the round of the last accepted message. */
    public int lastRound() {
        return lastRound;
    }

    public FeedbackMethod method() {
        return method;
    }

    /** Returns the number of values of each vector. */
    public int dimension() {
        return dimension;
    }

    /** Returns the vectors of error feedback, not copied. */
    public List<double[]> vectors() {
        return vectors;
    }

    /**
     * Checks that this state fits a run.
     *
     * @throws SecAggException if the method, the dimension or the number of vectors differs
     */
    public void requireSuited(FeedbackMethod wantedMethod, int wantedDimension) throws SecAggException {
        if (method != wantedMethod || dimension != wantedDimension) {
            throw new SecAggException("it belongs to a run with " + method.text() + " and " + dimension
                    + " values, but this one has " + wantedMethod.text() + " and " + wantedDimension);
        }
        try {
            ErrorFeedback.restore(method, dimension, vectors);
        } catch (IllegalArgumentException e) {
            throw new SecAggException("it has " + e.getMessage(), e);
        }
    }

    /** Returns the maximum size of a copy in a run, in bytes. */
    public static long mostBytes(FeedbackMethod method, int dimension) {
        int most = method == FeedbackMethod.NONE ? 0 : method.keepsModel() ? 3 : method.hasMomentum() ? 2 : 1;
        return OVERHEAD + plainBytes(method, dimension, most);
    }

    private static long plainBytes(FeedbackMethod method, int dimension, int vectors) {
        return 2L * Integer.BYTES + 2 + method.text().length() + (long) vectors * dimension * Double.BYTES;
    }

    /**
     * Reads the position without the key, so it may be forged.
     *
     * @throws SecAggException if the bytes do not begin with the header of a copy
     */
    public static Position position(byte[] copy) throws SecAggException {
        if (copy.length < OVERHEAD) {
            throw new SecAggException("the copy has " + copy.length + " bytes, expected at least " + OVERHEAD);
        }
        for (int i = 0; i < MAGIC.length; i++) {
            if (copy[i] != MAGIC[i]) {
                throw new SecAggException("byte " + i + " is " + hex(copy[i]) + ", expected " + hex(MAGIC[i])
                        + " of a device's encrypted copy");
            }
        }
        ByteBuffer in = littleEndian(copy, MAGIC.length, 2 * Long.BYTES);
        return new Position(in.getLong(), in.getLong());
    }

    /**
     * Encrypts this state.
     *
     * @param recoveryKey {@link #KEY_BYTES} secret bytes
     * @param nonce {@link #NONCE_BYTES} random bytes
     */
    public byte[] encrypt(byte[] recoveryKey, String run, String client, byte[] nonce) {
        int plain = Math.toIntExact(plainBytes(method, dimension, vectors.size()));
        byte[] copy = new byte[Math.addExact(OVERHEAD, plain)];
        int start = AUTHENTICATED + NONCE_BYTES;
        littleEndian(copy, 0, start)
                .put(MAGIC)
                .putLong(position.sequence())
                .putLong(position.head())
                .put(nonce);
        ByteBuffer out = littleEndian(copy, start, plain)
                .putInt(lastRound)
                .put((byte) method.text().length())
                .put(method.text().getBytes(StandardCharsets.US_ASCII))
                .putInt(dimension)
                .put((byte) vectors.size());
        for (double[] vector : vectors) {
            for (double value : vector) {
                out.putDouble(value);
            }
        }
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, recoveryKey, run, client, copy);
            cipher.doFinal(copy, start, plain, copy, start);
            return copy;
        } catch (GeneralSecurityException e) {
            throw noCipher(e);
        }
    }

    /**
     * Decrypts a copy.
     *
     * @param recoveryKey the device's recovery key
     * @throws SecAggException if the copy is not authentic: another key, device or run, or changed bytes
     */
    public static StateBackup decrypt(byte[] copy, byte[] recoveryKey, String run, String client)
            throws SecAggException {
        Position position = position(copy);
        int start = AUTHENTICATED + NONCE_BYTES;
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, recoveryKey, run, client, copy);
            return decode(position, ByteBuffer.wrap(cipher.doFinal(copy, start, copy.length - start)));
        } catch (AEADBadTagException e) {
            throw new SecAggException(
                    "the copy is not authentic: it was encrypted with another recovery key, belongs to another device or"
                            + " run, or was changed",
                    e);
        } catch (GeneralSecurityException e) {
            throw noCipher(e);
        }
    }

    private static StateBackup decode(Position position, ByteBuffer in) throws SecAggException {
        try {
            in.order(ByteOrder.LITTLE_ENDIAN);
            int lastRound = in.getInt();
            byte[] name = new byte[in.get() & 0xFF];
            in.get(name);
            FeedbackMethod method = FeedbackMethod.parse(new String(name, StandardCharsets.US_ASCII));
            int dimension = in.getInt();
            int count = in.get() & 0xFF;
            if (in.remaining() != (long) count * dimension * Double.BYTES) {
                throw new SecAggException("the copy has " + in.remaining() + " bytes of vectors, expected " + count
                        + " vectors of " + dimension + " values");
            }
            List<double[]> vectors = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                double[] vector = new double[dimension];
                for (int j = 0; j < dimension; j++) {
                    vector[j] = in.getDouble();
                }
                vectors.add(vector);
            }
            return new StateBackup(position, lastRound, method, dimension, vectors);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw new SecAggException("the copy is authentic but its content cannot be read: update this client", e);
        }
    }

    private static Cipher cipher(int mode, byte[] recoveryKey, String run, String client, byte[] copy)
            throws GeneralSecurityException {
        byte[] purpose = (PURPOSE + '\0' + run + '\0' + client).getBytes(StandardCharsets.UTF_8);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(Crypto.derive(recoveryKey, purpose), "AES"),
                new GCMParameterSpec(BITS * TAG_BYTES, copy, AUTHENTICATED, NONCE_BYTES));
        cipher.updateAAD(copy, 0, AUTHENTICATED);
        return cipher;
    }

    private static ByteBuffer littleEndian(byte[] bytes, int offset, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        return buffer;
    }

    private static String hex(byte value) {
        return Integer.toHexString(value & 0xFF);
    }

    private static IllegalStateException noCipher(GeneralSecurityException e) {
        return new IllegalStateException("every platform has AES in Galois counter mode", e);
    }
}
