package io.evenkeel.coordinator.retention;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.frame.FrameCodec;

/** Encodes whole vectors as frames of float64, omitting zeros if that is shorter. */
public final class VectorFrames {

    private VectorFrames() {}

    /** Encodes a vector exactly, except for negative zeros, which cannot occur in a sum that started at 0. */
    public static byte[] encode(double[] vector) {
        int count = 0;
        for (double value : vector) {
            if (value != 0) {
                count++;
            }
        }
        if (count > vector.length / 2) {
            return FrameCodec.encode(new CompressedVector(new Support.All(vector.length), ValueCoding.FLOAT64, vector));
        }
        int[] indices = new int[count];
        double[] values = new double[count];
        int next = 0;
        for (int j = 0; j < vector.length; j++) {
            if (vector[j] != 0) {
                indices[next] = j;
                values[next++] = vector[j];
            }
        }
        return FrameCodec.encode(
                new CompressedVector(new Support.Listed(vector.length, indices), ValueCoding.FLOAT64, values));
    }
}
