package io.evenkeel.coordinator.model.format;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes values in pieces, so that a large model is not copied. */
final class ModelOutput {

    private static final int CHUNK = 1 << 14;

    private ModelOutput() {}

    static void values(double[] x, FloatType type, OutputStream out) throws IOException {
        byte[] chunk = new byte[CHUNK];
        ByteBuffer bytes = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
        for (double value : x) {
            type.put(bytes, value);
            if (!bytes.hasRemaining()) {
                out.write(chunk);
                bytes.clear();
            }
        }
        out.write(chunk, 0, bytes.position());
    }
}
