package io.evenkeel.client.internal.state;

import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.FollowedVersion;
import io.evenkeel.client.StateStore;
import io.evenkeel.client.internal.http.PrintableText;
import io.evenkeel.client.internal.json.Json;
import io.evenkeel.client.internal.json.JsonException;
import io.evenkeel.client.internal.protocol.DownloadedVersion;
import io.evenkeel.core.wire.Digest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A version of a registered model in the device's state. Immutable.
 *
 * <pre>
 *  0  4  magic: EKMV
 *  4  4  n, the length of the header, little-endian
 *  8  n  header: a JSON object of version and sha256
 *        the safetensors file
 * </pre>
 */
public final class StoredVersion implements FollowedVersion {

    /** The maximum length of the file of a registered model: 100 million values of 8 bytes, and the header. */
    public static final long MAX_BYTES = 802_000_000;

    private static final byte[] MAGIC = {'E', 'K', 'M', 'V'};
    private static final int START = 8;
    private static final long MAX_HEADER = 1 << 20;

    private final int number;
    private final String sha256;
    private final byte[] file;
    private final Map<String, Values> tensors;

    /** The location of a tensor's values in the file. */
    private record Values(String type, long begin, long end) {}

    private StoredVersion(int number, String sha256, byte[] file) {
        this.number = number;
        this.sha256 = sha256;
        this.file = file;
        this.tensors = tensorsOf(file);
    }

    /**
     * Returns a version with the SHA-256 of its file.
     *
     * @throws EvenkeelException if the file is not a safetensors file of float32 or float64 tensors
     */
    public static StoredVersion of(int number, byte[] file) {
        return new StoredVersion(number, sha256(file), file);
    }

    /** Returns a file's SHA-256 in hex. */
    public static String sha256(byte[] file) {
        return DownloadedVersion.hex(Digest.sha256().digest(file));
    }

    /**
     * Reads the stored version; null if there is none, or if it is damaged, since it can then be downloaded
     * again.
     */
    public static @Nullable StoredVersion read(StateStore store, String model, String alias) {
        return read(store, name(model, alias));
    }

    /** Reads the version that was in use before a roll-out, as {@link #read(StateStore, String, String)} does. */
    public static @Nullable StoredVersion readBefore(StateStore store, String model, String alias) {
        return read(store, beforeName(model, alias));
    }

    private static @Nullable StoredVersion read(StateStore store, String name) {
        byte[] piece = store.read(name);
        if (piece == null || piece.length < START || !Arrays.equals(Arrays.copyOf(piece, MAGIC.length), MAGIC)) {
            return null;
        }
        int length = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN).getInt(MAGIC.length);
        if (length < 0 || length > piece.length - START) {
            return null;
        }
        try {
            Map<String, Object> header = Json.parse(Arrays.copyOfRange(piece, START, START + length));
            Object version = header.get("version");
            byte[] file = Arrays.copyOfRange(piece, START + length, piece.length);
            StoredVersion stored = of(version instanceof Integer known ? known : 0, file);
            return stored.sha256.equals(header.get("sha256")) ? stored : null;
        } catch (JsonException | EvenkeelException e) {
            return null;
        }
    }

    /** Names have no dot, so no two models share a piece; the pieces of runs do not begin with a dot. */
    private static String name(String model, String alias) {
        return ".model." + model + "." + alias;
    }

    private static String beforeName(String model, String alias) {
        return ".before." + model + "." + alias;
    }

    /** Stores this version as the one in use; replaces an earlier one. */
    public void write(StateStore store, String model, String alias) {
        write(store, name(model, alias));
    }

    /** Stores this version as the one that was in use before a roll-out. */
    public void writeBefore(StateStore store, String model, String alias) {
        write(store, beforeName(model, alias));
    }

    /** Deletes the version that was in use before a roll-out. */
    public static void deleteBefore(StateStore store, String model, String alias) {
        store.delete(beforeName(model, alias));
    }

    private void write(StateStore store, String name) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("version", number);
        fields.put("sha256", sha256);
        byte[] header = Json.write(fields);
        byte[] start = ByteBuffer.allocate(START + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putInt(header.length)
                .put(header)
                .array();
        store.write(name, out -> {
            out.write(start);
            out.write(file);
        });
    }

    private static Map<String, Values> tensorsOf(byte[] file) {
        long length = file.length < START
                ? -1
                : ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 2 || length > Math.min(MAX_HEADER, file.length - START)) {
            throw unreadable("a header of " + length + " bytes", null);
        }
        int start = START + (int) length;
        try {
            List<Map.Entry<String, Values>> found = new ArrayList<>();
            for (Map.Entry<String, Object> entry :
                    Json.parse(Arrays.copyOfRange(file, START, start)).entrySet()) {
                if (!entry.getKey().equals("__metadata__")) {
                    found.add(Map.entry(entry.getKey(), values(entry.getKey(), entry.getValue(), start, file.length)));
                }
            }
            found.sort(Comparator.comparingLong(tensor -> tensor.getValue().begin));
            Map<String, Values> inOrder = new LinkedHashMap<>();
            found.forEach(tensor -> inOrder.put(tensor.getKey(), tensor.getValue()));
            return inOrder;
        } catch (JsonException e) {
            throw unreadable(String.valueOf(e.getMessage()), e);
        }
    }

    private static Values values(String name, @Nullable Object declared, int start, int length) {
        Map<?, ?> fields = declared instanceof Map<?, ?> map ? map : Map.of();
        String type = fields.get("dtype") instanceof String text ? text : "";
        List<?> offsets = fields.get("data_offsets") instanceof List<?> list ? list : List.of();
        if ((type.equals("F32") || type.equals("F64"))
                && offsets.size() == 2
                && offsets.get(0) instanceof Number first
                && offsets.get(1) instanceof Number second) {
            long begin = start + first.longValue();
            long end = start + second.longValue();
            if (begin >= start && end >= begin && end <= length && (end - begin) % width(type) == 0) {
                return new Values(type, begin, end);
            }
        }
        throw unreadable("the entry of tensor '" + name + "' is wrong", null);
    }

    private static int width(String type) {
        return type.equals("F64") ? Double.BYTES : Float.BYTES;
    }

    private static EvenkeelException unreadable(String why, @Nullable Exception cause) {
        return new EvenkeelException(
                "the model is not a safetensors file of float32 or float64 tensors: " + PrintableText.of(why)
                        + ": publish another version",
                cause);
    }

    @Override
    public int number() {
        return number;
    }

    /** Returns the file's SHA-256 in hex. */
    public String sha256() {
        return sha256;
    }

    @Override
    public byte[] file() {
        return file;
    }

    @Override
    public List<String> tensors() {
        return List.copyOf(tensors.keySet());
    }

    @Override
    public float[] values(String tensor) {
        Values place = tensors.get(tensor);
        if (place == null) {
            throw new IllegalArgumentException(
                    "there is no tensor '" + tensor + "', expected one of " + tensors.keySet());
        }
        int count = (int) ((place.end - place.begin) / width(place.type));
        ByteBuffer bytes = ByteBuffer.wrap(file, (int) place.begin, (int) (place.end - place.begin))
                .order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[count];
        for (int j = 0; j < count; j++) {
            values[j] = place.type.equals("F64") ? (float) bytes.getDouble() : bytes.getFloat();
        }
        return values;
    }
}
