package io.evenkeel.coordinator.model.format;

import io.evenkeel.core.vector.TensorLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file formats of models for upload and download.
 *
 * <p>Reading and writing need only a small buffer in addition to the model itself. Readers never allocate
 * more than the layout needs, and reject values that are not finite. Thread-safe.
 */
public enum ModelFormat {
    /** The d values without a header. */
    RAW("raw", "application/octet-stream") {
        @Override
        public long size(TensorLayout layout, FloatType type) {
            return Raw.size(layout, type);
        }

        @Override
        public void write(double[] x, TensorLayout layout, FloatType type, OutputStream out) throws IOException {
            Raw.write(x, type, out);
        }

        @Override
        public double[] read(InputStream in, long length, TensorLayout layout, @Nullable FloatType type)
                throws IOException {
            return Raw.read(in, length, layout, type);
        }
    },
    /** NumPy's format, with a one-dimensional array. */
    NPY("npy", "application/x-npy") {
        @Override
        public long size(TensorLayout layout, FloatType type) {
            return Npy.size(layout, type);
        }

        @Override
        public void write(double[] x, TensorLayout layout, FloatType type, OutputStream out) throws IOException {
            Npy.write(x, type, out);
        }

        @Override
        public double[] read(InputStream in, long length, TensorLayout layout, @Nullable FloatType type)
                throws IOException {
            return Npy.read(in, layout);
        }
    },
    /** Named tensors with their shapes. */
    SAFETENSORS("safetensors", "application/x-safetensors") {
        @Override
        public long size(TensorLayout layout, FloatType type) {
            return Safetensors.size(layout, type);
        }

        @Override
        public void write(double[] x, TensorLayout layout, FloatType type, OutputStream out) throws IOException {
            Safetensors.write(x, layout, type, out);
        }

        @Override
        public double[] read(InputStream in, long length, TensorLayout layout, @Nullable FloatType type)
                throws IOException {
            return Safetensors.read(in, layout);
        }
    };

    private final String text;
    private final String mediaType;

    ModelFormat(String text, String mediaType) {
        this.text = text;
        this.mediaType = mediaType;
    }

    /** Returns the format with the given text form: {@code raw}, {@code npy} or {@code safetensors}. */
    public static Optional<ModelFormat> ofText(String text) {
        return Arrays.stream(values())
                .filter(format -> format.text.equals(text))
                .findFirst();
    }

    /** Returns the format with the given media type, which must not have parameters. */
    public static Optional<ModelFormat> ofMediaType(String mediaType) {
        return Arrays.stream(values())
                .filter(format -> format.mediaType.equalsIgnoreCase(mediaType))
                .findFirst();
    }

    /** Returns the text form. */
    public String text() {
        return text;
    }

    /** Returns the media type. */
    public String mediaType() {
        return mediaType;
    }

    /** Returns the number of bytes that {@link #write} writes. */
    public abstract long size(TensorLayout layout, FloatType type);

    /**
     * Writes a model; does not close the stream.
     *
     * @param x the d values, in the layout's order
     * @throws io.evenkeel.engine.problem.ProblemException {@code not-acceptable} if the format cannot represent the
     *     model
     */
    public abstract void write(double[] x, TensorLayout layout, FloatType type, OutputStream out) throws IOException;

    /**
     * Reads a model to the end of the stream; does not close it.
     *
     * @param length the length in bytes, or -1 if unknown
     * @param type the type for {@link #RAW}; null to infer it from the length, or {@link FloatType#FLOAT32}
     *     if that is unknown. The other formats specify the type
     * @return d values, all finite, in the layout's order
     * @throws io.evenkeel.engine.problem.ProblemException {@code invalid-frame} if the bytes are not a model
     *     of this layout; the problem's {@code position} is that of the wrong byte
     */
    public abstract double[] read(InputStream in, long length, TensorLayout layout, @Nullable FloatType type)
            throws IOException;
}
