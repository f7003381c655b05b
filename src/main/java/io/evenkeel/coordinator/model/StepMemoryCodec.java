package io.evenkeel.coordinator.model;

import io.evenkeel.core.step.StepMemory;
import io.evenkeel.core.step.StepRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Encodes a step rule's memory: the numbers, then the vectors, then w with a lossy downlink, all as
 * little-endian float64. Vectors are written and read in pieces, so that they are not copied in memory.
 */
final class StepMemoryCodec {

    private static final int PIECE_VALUES = 1 << 13;

    private StepMemoryCodec() {}

    /** Encodes the numbers. */
    static byte[] encode(double[] numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(numbers);
        return bytes.array();
    }

    /** Decodes numbers. */
    static double[] decode(byte[] bytes) {
        double[] numbers = new double[bytes.length / Double.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(numbers);
        return numbers;
    }

    /** Returns the number of bytes of the encoded arrays. */
    static long bytes(double[]... arrays) {
        return Double.BYTES
                * Arrays.stream(arrays).mapToLong(array -> array.length).sum();
    }

    /** Returns a stream that encodes arrays, one after the other, as it is read. */
    static InputStream toStream(double[]... arrays) {
        return new Encoder(arrays);
    }

    /**
     * Reads a memory.
     *
     * @param in read up to the memory's last byte
     * @param rule the memory's rule
     * @param like a memory of the same rule and dimension, whose vectors are reused for the result
     * @return null if the stream ends early
     */
    static @Nullable StepMemory read(InputStream in, StepRule rule, StepMemory like) throws IOException {
        double[] fixed = new double[like.numberCount()];
        boolean complete = fill(in, fixed);
        double[] more = new double[complete ? rule.moreNumbers(fixed) : 0];
        complete = complete && fill(in, more);
        double[] numbers = Arrays.copyOf(fixed, fixed.length + more.length);
        System.arraycopy(more, 0, numbers, fixed.length, more.length);
        double[][] vectors = new double[like.vectorCount()][];
        for (int i = 0; i < vectors.length && complete; i++) {
            vectors[i] = like.vector(i);
            complete = fill(in, vectors[i]);
        }
        return complete ? new StepMemory(numbers, vectors) : null;
    }

    /** Reads values into an array; returns false if the stream ends early. */
    static boolean fill(InputStream in, double[] values) throws IOException {
        byte[] piece = new byte[Double.BYTES * Math.min(PIECE_VALUES, values.length)];
        ByteBuffer view = ByteBuffer.wrap(piece).order(ByteOrder.LITTLE_ENDIAN);
        for (int from = 0; from < values.length; from += PIECE_VALUES) {
            int count = Math.min(PIECE_VALUES, values.length - from);
            if (in.readNBytes(piece, 0, Double.BYTES * count) < Double.BYTES * count) {
                return false;
            }
            view.asDoubleBuffer().get(values, from, count);
        }
        return true;
    }

    /** Encodes the arrays one after the other, a piece at a time. Not thread-safe. */
    private static final class Encoder extends InputStream {

        private final double[][] arrays;
        private final ByteBuffer piece =
                ByteBuffer.allocate(Double.BYTES * PIECE_VALUES).order(ByteOrder.LITTLE_ENDIAN);
        private int array;
        private int next;

        Encoder(double[][] arrays) {
            this.arrays = arrays;
            piece.limit(0);
        }

        @Override
        public int read() {
            return isExhausted() ? -1 : piece.get() & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            if (isExhausted()) {
                return -1;
            }
            int count = Math.min(length, piece.remaining());
            piece.get(bytes, offset, count);
            return count;
        }

        /** Encodes the next piece if the current one has been read; returns false at the end. */
        private boolean isExhausted() {
            while (!piece.hasRemaining() && array < arrays.length) {
                int count = Math.min(PIECE_VALUES, arrays[array].length - next);
                piece.clear();
                piece.asDoubleBuffer().put(arrays[array], next, count);
                piece.limit(Double.BYTES * count);
                next += count;
                if (next == arrays[array].length) {
                    array++;
                    next = 0;
                }
            }
            return !piece.hasRemaining();
        }
    }
}
