package io.evenkeel.coordinator.model.format;

import io.evenkeel.core.vector.TensorLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** The raw format: d values without a header. */
final class Raw {

    private Raw() {}

    static long size(TensorLayout layout, FloatType type) {
        return (long) layout.dimension() * type.width();
    }

    static void write(double[] x, FloatType type, OutputStream out) throws IOException {
        ModelOutput.values(x, type, out);
    }

    static double[] read(InputStream in, long length, TensorLayout layout, @Nullable FloatType type)
            throws IOException {
        FloatType known = type != null ? type : byLength(length, layout);
        if (length >= 0 && length != size(layout, known)) {
            throw wrongLength(length, layout);
        }
        ModelInput input = new ModelInput(in);
        double[] x = new double[layout.dimension()];
        input.values(known, x, 0, x.length);
        input.end();
        return x;
    }

    private static FloatType byLength(long length, TensorLayout layout) {
        return length == size(layout, FloatType.FLOAT64) ? FloatType.FLOAT64 : FloatType.FLOAT32;
    }

    private static RuntimeException wrongLength(long length, TensorLayout layout) {
        return ModelInput.refusal(
                length,
                "the end of the body",
                size(layout, FloatType.FLOAT32) + " bytes of float32 or " + size(layout, FloatType.FLOAT64)
                        + " of float64 for a model of " + layout.dimension() + " values");
    }
}
