package io.evenkeel.client;

import java.util.List;

/** A version of a registered model, for a {@link VersionEvaluator}. Immutable. */
public interface FollowedVersion {

    /** Returns the version's number. */
    int number();

    /** Returns the safetensors file, not copied. */
    byte[] file();

    /** Returns the tensors' names, in the order of their values. */
    List<String> tensors();

    /**
     * Returns the values of a tensor in row-major order; float64 values are rounded to float32.
     *
     * @throws IllegalArgumentException if there is no such tensor
     */
    float[] values(String tensor);
}
