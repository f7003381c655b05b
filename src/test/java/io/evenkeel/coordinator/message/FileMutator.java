package io.evenkeel.coordinator.message;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/** Damages the content of files and corrects lengths and checksums, so that the damage passes the first checks. */
public final class FileMutator {

    private static final int NPY_PREFIX = 10;
    private static final int RUN_HEAD = 16;
    private static final int RUN_END = 255;
    private static final int RUN = 1;

    private final RandomGenerator random;
    private final Mutator bytes;

    FileMutator(RandomGenerator random) {
        this.random = random;
        this.bytes = new Mutator(random);
    }

    /** Returns a safetensors file with a damaged header. */
    byte[] safetensors(byte[] valid) {
        ByteBuffer file = ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) file.getLong();
        byte[] header = Arrays.copyOfRange(valid, Long.BYTES, Long.BYTES + length);
        byte[] damaged =
                random.nextInt(4) == 0 ? bytes.mutate(List.of(header)) : new JsonMutator(random).mutate(header);
        return ByteBuffer.allocate(Long.BYTES + damaged.length + valid.length - Long.BYTES - length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(damaged.length)
                .put(damaged)
                .put(valid, Long.BYTES + length, valid.length - Long.BYTES - length)
                .array();
    }

    /** Returns a .npy file with a damaged header. */
    byte[] npy(byte[] valid) {
        int length = valid[NPY_PREFIX - 2] & 0xFF;
        byte[] damaged = bytes.mutate(List.of(Arrays.copyOfRange(valid, NPY_PREFIX, NPY_PREFIX + length)));
        ByteBuffer file =
                ByteBuffer.allocate(valid.length - length + damaged.length).order(ByteOrder.LITTLE_ENDIAN);
        return file.put(valid, 0, NPY_PREFIX - 2)
                .putShort((short) damaged.length)
                .put(damaged)
                .put(valid, NPY_PREFIX + length, valid.length - NPY_PREFIX - length)
                .array();
    }

    /**
     * Returns a damaged export of a run: a record is changed, missing, duplicated or of another kind. The run gets
     * another name, since the original one is taken.
     */
    byte[] run(byte[] valid, String name) {
        List<byte[]> records = records(valid);
        int ofRun = indexOfRun(records);
        String run = new String(records.get(ofRun), StandardCharsets.ISO_8859_1);
        String other = String.format("%0" + name.length() + "x", random.nextLong(1L << (4 * name.length())));
        records.set(ofRun, run.replace(name, other).getBytes(StandardCharsets.ISO_8859_1));
        boolean isDefinition = random.nextInt(4) == 0;
        if (isDefinition) {
            records.set(ofRun, withOtherDefinition(records.get(ofRun)));
        }
        damage(records, ofRun, random.nextInt(2) + (isDefinition ? 0 : 1));
        return file(Arrays.copyOf(valid, RUN_HEAD), records);
    }

    /** Returns an export of a registered model with another name and the same kinds of damage. */
    byte[] model(byte[] valid, String name) {
        String other = String.format("%0" + name.length() + "x", random.nextLong(1L << (4 * name.length())));
        List<byte[]> records = records(valid);
        records.replaceAll(record -> new String(record, StandardCharsets.ISO_8859_1)
                .replace(name, other)
                .getBytes(StandardCharsets.ISO_8859_1));
        damage(records, 0, 1 + random.nextInt(2));
        return file(Arrays.copyOf(valid, RUN_HEAD), records);
    }

    private void damage(List<byte[]> records, int first, int changes) {
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(4) == 0 ? Math.min(first, records.size() - 1) : random.nextInt(records.size());
            switch (random.nextInt(10)) {
                case 0 -> records.remove(at);
                case 1 -> records.add(at, records.get(random.nextInt(records.size())));
                case 2 -> records.get(at)[0] = (byte) random.nextInt(37);
                default -> records.set(at, damaged(records.get(at)));
            }
            if (records.isEmpty()) {
                break;
            }
        }
    }

    /** Returns the index of the run's record, which follows those of its devices. */
    public static int indexOfRun(List<byte[]> records) {
        for (int i = 0; i < records.size(); i++) {
            if (records.get(i)[0] == RUN) {
                return i;
            }
        }
        throw new IllegalArgumentException("the export has no run");
    }

    /** Returns an export with edited records. Each record consists of its kind and its content. */
    public static byte[] edit(byte[] export, Consumer<List<byte[]>> edit) {
        List<byte[]> records = records(export);
        edit.accept(records);
        return file(Arrays.copyOf(export, RUN_HEAD), records);
    }

    /** Damages a record, which consists of its kind and its content. */
    private byte[] damaged(byte[] record) {
        byte[] content = Arrays.copyOfRange(record, 1, record.length);
        byte[] damaged = random.nextBoolean() ? content.clone() : bytes.mutate(List.of(content));
        if (damaged.length > 0 && random.nextBoolean()) {
            // Most bytes of a record are presence flags or high bytes of numbers.
            damaged[random.nextInt(damaged.length)] = (byte) (random.nextInt(3) - 1);
        }
        return ByteBuffer.allocate(1 + damaged.length)
                .put(record[0])
                .put(damaged)
                .array();
    }

    /**
     * Damages the definition in a run's record, which begins with the name and the definition, each after a flag and
     * its length.
     */
    private byte[] withOtherDefinition(byte[] record) {
        ByteBuffer in = ByteBuffer.wrap(record).position(2);
        in.position(Integer.BYTES + in.position() + in.getInt(2) + 1);
        int at = in.position();
        byte[] definition = new byte[in.getInt()];
        in.get(definition);
        byte[] damaged = new JsonMutator(random).mutate(definition);
        return ByteBuffer.allocate(record.length - definition.length + damaged.length)
                .put(record, 0, at)
                .putInt(damaged.length)
                .put(damaged)
                .put(in)
                .array();
    }

    private static List<byte[]> records(byte[] file) {
        List<byte[]> records = new ArrayList<>();
        ByteBuffer in = ByteBuffer.wrap(file, RUN_HEAD, file.length - RUN_HEAD);
        while (in.hasRemaining()) {
            byte kind = in.get();
            byte[] record = new byte[1 + in.getInt()];
            record[0] = kind;
            in.get(record, 1, record.length - 1).getInt();
            if ((kind & 0xFF) != RUN_END) {
                records.add(record);
            }
        }
        return records;
    }

    private static byte[] file(byte[] head, List<byte[]> records) {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(head);
        records.forEach(record -> file.writeBytes(framed(record)));
        byte[] digest = sha256(file.toByteArray());
        file.writeBytes(framed(ByteBuffer.allocate(1 + Long.BYTES + digest.length)
                .put((byte) RUN_END)
                .putLong(records.size())
                .put(digest)
                .array()));
        return file.toByteArray();
    }

    private static byte[] framed(byte[] record) {
        ByteBuffer framed = ByteBuffer.allocate(record.length + 2 * Integer.BYTES);
        framed.put(record[0]).putInt(record.length - 1).put(record, 1, record.length - 1);
        CRC32C crc = new CRC32C();
        crc.update(framed.array(), 0, framed.position());
        return framed.putInt((int) crc.getValue()).array();
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
