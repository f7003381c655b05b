package io.evenkeel.coordinator.model.format;

import io.evenkeel.core.vector.TensorLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * NumPy's array format (NEP 1).
 *
 * <pre>
 *  0  6  magic: 93 'NUMPY'
 *  6  1  major version: 1, 2 or 3; written as 1
 *  7  1  minor version: 0
 *  8  2  length of the header, 4 bytes from version 2 on
 *     n  header: a Python dict of descr, fortran_order and shape, padded so that the values begin at a multiple of 64
 *        values
 * </pre>
 */
final class Npy {

    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int PREFIX = MAGIC.length + 4;
    private static final int ALIGNMENT = 64;
    /** The maximum header length; NumPy rejects headers of 10,000 bytes or more. */
    private static final int MAX_HEADER_LENGTH = 1 << 16;

    private Npy() {}

    static long size(TensorLayout layout, FloatType type) {
        return PREFIX + header(layout.dimension(), type).length + Raw.size(layout, type);
    }

    static void write(double[] x, FloatType type, OutputStream out) throws IOException {
        out.write(head(x.length, type));
        ModelOutput.values(x, type, out);
    }

    private static byte[] header(int dimension, FloatType type) {
        String dict = "{'descr': '" + type.npy() + "', 'fortran_order': False, 'shape': (" + dimension + ",), }";
        int unpadded = PREFIX + dict.length() + 1;
        int padding = Math.floorMod(-unpadded, ALIGNMENT);
        return (dict + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns all bytes that precede the values. */
    static byte[] head(int dimension, FloatType type) {
        byte[] header = header(dimension, type);
        return ByteBuffer.allocate(PREFIX + header.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) header.length)
                .put(header)
                .array();
    }

    static double[] read(InputStream in, TensorLayout layout) throws IOException {
        ModelInput input = new ModelInput(in);
        if (!Arrays.equals(input.bytes(MAGIC.length, "the magic of .npy"), MAGIC)) {
            throw ModelInput.refusal(0, "other bytes", "the magic of .npy, 93 4e 55 4d 50 59");
        }
        NpyHeader header = header(input);
        double[] x = new double[layout.dimension()];
        if (header.count() != x.length) {
            throw ModelInput.refusal(
                    PREFIX, "the shape " + header.shape(), "a shape of " + x.length + " values in all");
        }
        input.values(header.type(), x, 0, x.length);
        input.end();
        return x;
    }

    private static NpyHeader header(ModelInput input) throws IOException {
        byte[] version = input.bytes(2, "the version");
        if (version[0] < 1 || version[0] > 3 || version[1] != 0) {
            throw ModelInput.refusal(6, "version " + version[0] + "." + version[1], "1.0, 2.0 or 3.0");
        }
        boolean isShort = version[0] == 1;
        ByteBuffer field = ByteBuffer.wrap(input.bytes(isShort ? 2 : 4, "the header's length"))
                .order(ByteOrder.LITTLE_ENDIAN);
        long length = isShort ? Short.toUnsignedLong(field.getShort()) : Integer.toUnsignedLong(field.getInt());
        if (length > MAX_HEADER_LENGTH) {
            throw ModelInput.refusal(8, "a header of " + length + " bytes", "at most " + MAX_HEADER_LENGTH);
        }
        long start = input.position();
        String text = new String(input.bytes((int) length, "the header"), StandardCharsets.UTF_8);
        return NpyHeader.parse(text, start);
    }
}
