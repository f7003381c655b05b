package io.evenkeel.coordinator.model.format;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** The number types of model files; always little-endian. */
public enum FloatType {
    /** IEEE 754 binary32. Doubles are rounded to nearest; values beyond the range become infinite. */
    FLOAT32("float32", Float.BYTES, "<f4", "F32"),
    /** IEEE 754 binary64, the coordinator's exact values. */
    FLOAT64("float64", Double.BYTES, "<f8", "F64");

    private final String text;
    private final int width;
    private final String npy;
    private final String safetensors;

    FloatType(String text, int width, String npy, String safetensors) {
        this.text = text;
        this.width = width;
        this.npy = npy;
        this.safetensors = safetensors;
    }

    /** Returns the type with the given text form, {@code float32} or {@code float64}. */
    public static Optional<FloatType> ofText(String text) {
        return Arrays.stream(values()).filter(type -> type.text.equals(text)).findFirst();
    }

    static Optional<FloatType> ofNpy(String descr) {
        return Arrays.stream(values()).filter(type -> type.npy.equals(descr)).findFirst();
    }

    static Optional<FloatType> ofSafetensors(String dtype) {
        return Arrays.stream(values())
                .filter(type -> type.safetensors.equals(dtype))
                .findFirst();
    }

    /** Returns the text form. */
    public String text() {
        return text;
    }

    /** Returns the size of a value in bytes. */
    public int width() {
        return width;
    }

    /** Reads a value at the buffer's position. */
    double get(ByteBuffer bytes) {
        return switch (this) {
            case FLOAT32 -> bytes.getFloat();
            case FLOAT64 -> bytes.getDouble();
        };
    }

    /** Writes a value at the buffer's position. */
    void put(ByteBuffer bytes, double value) {
        ByteBuffer ignored = switch (this) {
            case FLOAT32 -> bytes.putFloat((float) value);
            case FLOAT64 -> bytes.putDouble(value);
        };
    }

    String npy() {
        return npy;
    }

    String safetensors() {
        return safetensors;
    }
}
