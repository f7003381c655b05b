package io.evenkeel.coordinator.model.format;

import io.evenkeel.core.vector.TensorLayout;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The content of a safetensors file with any tensors.
 *
 * @param layout its tensors, in the order of their values in the file
 * @param type the type of all values
 */
public record SafetensorsContents(TensorLayout layout, FloatType type) {

    /**
     * Reads a file to its end. Needs memory only for a small buffer and the header of at most 1 MiB.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code invalid-frame} if it is not a safetensors
     *     file whose values are all finite and of one type, float32 or float64; the problem's
     *     {@code position} is that of the wrong byte
     */
    public static SafetensorsContents check(InputStream in) throws IOException {
        return Safetensors.check(in);
    }

    /**
     * Converts a file that {@link #check} has accepted to another format. The bytes of the values stay the
     * same.
     *
     * @param file the file from its beginning; read to its end
     */
    public static void convert(InputStream file, ModelFormat format, OutputStream out) throws IOException {
        if (format != ModelFormat.SAFETENSORS) {
            SafetensorsContents contents = Safetensors.contents(new ModelInput(file));
            if (format == ModelFormat.NPY) {
                out.write(Npy.head(contents.layout().dimension(), contents.type()));
            }
        }
        file.transferTo(out);
    }
}
