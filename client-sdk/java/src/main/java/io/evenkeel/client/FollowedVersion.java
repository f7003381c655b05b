package io.evenkeel.client;

import io.evenkeel.client.internal.state.StoredVersion;
import java.util.List;

/** A version of a registered model, for a {@link VersionEvaluator}. Immutable. */
public final class FollowedVersion {

    private final StoredVersion version;

    FollowedVersion(StoredVersion version) {
        this.version = version;
    }

    /** Returns the version's number. */
    public int number() {
        return version.number();
    }

    /** Returns the safetensors file, not copied. */
    public byte[] file() {
        return version.file();
    }

    /** Returns the tensors' names, in the order of their values. */
    public List<String> tensors() {
        return version.tensors();
    }

    /**
     * Returns the values of a tensor in row-major order; float64 values are rounded to float32.
     *
     * @throws IllegalArgumentException if there is no such tensor
     */
    public float[] values(String tensor) {
        return version.values(tensor);
    }
}
