package io.evenkeel.testkit.load;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.vector.SplitMix64;
import java.nio.ByteBuffer;

/**
 * Frames created before the load begins, outside the heap. Devices send them repeatedly, with different message
 * headers. Immutable.
 */
final class Frames {

    /**
     * Limits the memory for large models; the frames still contain far more coordinates than fit into a processor's
     * cache.
     */
    private static final long MAX_BYTES = 128L << 20;

    private static final int MAX_COUNT = 256;

    private final ByteBuffer[] frames;

    private Frames(ByteBuffer[] frames) {
        this.frames = frames;
    }

    /**
     * Creates frames of float32 values on random supports.
     *
     * @param dimension d
     * @param count K
     */
    static Frames random(int dimension, int count) {
        ByteBuffer first = frame(dimension, count, 1);
        int number = (int) Math.max(1, Math.min(MAX_COUNT, MAX_BYTES / first.remaining()));
        ByteBuffer[] frames = new ByteBuffer[number];
        frames[0] = first;
        for (int i = 1; i < number; i++) {
            frames[i] = frame(dimension, count, i + 1L);
        }
        return new Frames(frames);
    }

    /**
     * Returns a frame for a turn, different for many consecutive turns. The caller owns the buffer, but must
     * not change its bytes.
     */
    ByteBuffer get(long turn) {
        return frames[(int) Math.floorMod(turn, (long) frames.length)].duplicate();
    }

    private static ByteBuffer frame(int dimension, int count, long seed) {
        Support.Seeded drawn = new Support.Seeded(dimension, count, seed);
        SplitMix64 random = new SplitMix64(seed);
        int[] indices = new int[count];
        double[] values = new double[count];
        for (int j = 0; j < count; j++) {
            indices[j] = drawn.index(j);
            // In (-1, 1), so that sums over long runs stay small.
            values[j] = (float) ((random.next() >> 11) * 0x1p-52);
        }
        Support support = count == dimension ? new Support.All(dimension) : new Support.Listed(dimension, indices);
        byte[] bytes = FrameCodec.encode(new CompressedVector(support, ValueCoding.FLOAT32, values));
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
