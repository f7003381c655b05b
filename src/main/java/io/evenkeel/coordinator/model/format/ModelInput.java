package io.evenkeel.coordinator.model.format;

import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads an untrusted stream and tracks the position for error messages. Not thread-safe. */
final class ModelInput {

    private static final int CHUNK = 1 << 16;

    private final InputStream in;
    private long position;

    ModelInput(InputStream in) {
        this.in = in;
    }

    /** Returns the index of the next byte. */
    long position() {
        return position;
    }

    /** Reads exactly {@code count} bytes; the caller must check that the count is small. */
    byte[] bytes(int count, String what) throws IOException {
        byte[] read = in.readNBytes(count);
        position += read.length;
        if (read.length < count) {
            throw refusal(position, "the end of the body", count - read.length + " more bytes of " + what);
        }
        return read;
    }

    /** Reads values into {@code from <= j < to}. */
    void values(FloatType type, double[] x, int from, int to) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK, (long) (to - from) * type.width())];
        for (int j = from; j < to; ) {
            int count = Math.min(chunk.length / type.width(), to - j);
            long start = position;
            int read = in.readNBytes(chunk, 0, count * type.width());
            position += read;
            if (read < count * type.width()) {
                long missing = (long) (to - j) * type.width() - read;
                throw refusal(position, "the end of the body", missing + " more bytes of values");
            }
            decode(ByteBuffer.wrap(chunk, 0, read).order(ByteOrder.LITTLE_ENDIAN), type, x, j, start);
            j += count;
        }
    }

    /** Reads values and checks that they are finite, without keeping them. */
    void check(FloatType type, long count) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK, count * type.width())];
        for (long j = 0; j < count; ) {
            int now = (int) Math.min(chunk.length / type.width(), count - j);
            long start = position;
            int read = in.readNBytes(chunk, 0, now * type.width());
            position += read;
            if (read < now * type.width()) {
                throw refusal(
                        position, "the end of the body", (count - j) * type.width() - read + " more bytes of values");
            }
            ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, read).order(ByteOrder.LITTLE_ENDIAN);
            while (bytes.hasRemaining()) {
                int at = bytes.position();
                requireFinite(type.get(bytes), start + at, j++);
            }
        }
    }

    private static double requireFinite(double value, long position, long coordinate) {
        if (!Double.isFinite(value)) {
            throw refusal(position, value + " as value of coordinate " + coordinate, "a finite number");
        }
        return value;
    }

    private static void decode(ByteBuffer bytes, FloatType type, double[] x, int from, long start) {
        for (int j = from; bytes.hasRemaining(); j++) {
            int at = bytes.position();
            x[j] = requireFinite(type.get(bytes), start + at, j);
        }
    }

    /** Checks that the stream is at its end. */
    void end() throws IOException {
        if (in.read() >= 0) {
            throw refusal(position, "further bytes", "the end of the body");
        }
    }

    static ProblemException refusal(long position, String found, String expected) {
        return ProblemKind.INVALID_FRAME
                .because(
                        "byte " + position + ": found " + found + ", expected " + expected,
                        "upload a file with the expected tensors and finite values; for a run's model, GET the run for their names and shapes")
                .with("position", position);
    }
}
