package io.evenkeel.coordinator.model;

import io.evenkeel.coordinator.problem.Problem;
import io.evenkeel.core.vector.TensorLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;

/**
 * How a model is written.
 *
 * @param doubles float64 rather than float32
 */
record ModelForm(boolean doubles) {

    static ModelForm of(@Nullable String format, @Nullable String accept, String dtype) {
        return new ModelForm(isDoubles(dtype));
    }

    static boolean isDoubles(String dtype) {
        return switch (dtype) {
            case "float32" -> false;
            case "float64" -> true;
            default ->
                throw Problem.MALFORMED
                        .because("parameter 'dtype' is '" + dtype + "', expected float32 or float64", "correct it")
                        .with("field", "dtype");
        };
    }

    /** Returns a text that tells this form from the others. */
    String tag() {
        return "raw-" + (doubles ? "float64" : "float32");
    }

    MediaType mediaType() {
        return MediaType.APPLICATION_OCTET_STREAM;
    }

    /** Writes d values. */
    byte[] encode(double[] x, TensorLayout layout) {
        ByteBuffer out = ByteBuffer.allocate(Math.multiplyExact(x.length, doubles ? Double.BYTES : Float.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (double value : x) {
            if (doubles) {
                out.putDouble(value);
            } else {
                out.putFloat((float) value);
            }
        }
        return out.array();
    }
}
