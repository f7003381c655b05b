package io.evenkeel.coordinator.model.format;

import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * The safetensors format.
 *
 * <pre>
 *  0  8  n, the length of the header, unsigned
 *  8  n  header: a JSON object of name -> {dtype, shape, data_offsets: [begin, end]}, padded with spaces to a multiple of 8
 *        values; offsets count from here
 * </pre>
 */
final class Safetensors {

    /** The reserved name of the format. */
    static final String METADATA = "__metadata__";

    private static final int PREFIX = Long.BYTES;
    private static final int ALIGNMENT = 8;
    /** The limit of the header's length; a layout with many tensors raises it. */
    private static final int MAX_HEADER_LENGTH = 1 << 20;

    private Safetensors() {}

    static long size(TensorLayout layout, FloatType type) {
        return PREFIX + header(layout, type).length + Raw.size(layout, type);
    }

    static void write(double[] x, TensorLayout layout, FloatType type, OutputStream out) throws IOException {
        byte[] header = header(layout, type);
        out.write(ByteBuffer.allocate(PREFIX)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        out.write(header);
        ModelOutput.values(x, type, out);
    }

    private static byte[] header(TensorLayout layout, FloatType type) {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < layout.size(); i++) {
            Tensor tensor = layout.tensors().get(i);
            if (tensor.name().equals(METADATA)) {
                throw ProblemKind.NOT_ACCEPTABLE.because(
                        "a tensor is named " + METADATA + ", which safetensors reserves",
                        "download the model as npy or raw");
            }
            json.append(i == 0 ? "\"" : ",\"")
                    .append(JsonStringEncoder.getInstance().quoteAsCharArray(tensor.name()))
                    .append("\":{\"dtype\":\"")
                    .append(type.safetensors())
                    .append("\",\"shape\":")
                    .append(tensor.shape().toString().replace(" ", ""))
                    .append(",\"data_offsets\":[")
                    .append((long) layout.start(i) * type.width())
                    .append(',')
                    .append((long) layout.end(i) * type.width())
                    .append("]}");
        }
        byte[] text = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        byte[] padded = new byte[text.length + Math.floorMod(-text.length, ALIGNMENT)];
        Arrays.fill(padded, (byte) ' ');
        System.arraycopy(text, 0, padded, 0, text.length);
        return padded;
    }

    static double[] read(InputStream in, TensorLayout layout) throws IOException {
        ModelInput input = new ModelInput(in);
        byte[] header = input.bytes(headerLength(input, layout), "the header");
        List<SafetensorsHeader.Entry> entries =
                SafetensorsHeader.parse(header, PREFIX).inOrderOf(layout);
        double[] x = new double[layout.dimension()];
        for (SafetensorsHeader.Entry entry : entries) {
            input.values(entry.type(), x, layout.start(entry.tensor()), layout.end(entry.tensor()));
        }
        input.end();
        return x;
    }

    /** Reads a file with any tensors to its end, and checks that its values are finite. */
    static SafetensorsContents check(InputStream in) throws IOException {
        ModelInput input = new ModelInput(in);
        SafetensorsContents contents = contents(input);
        input.check(contents.type(), contents.layout().dimension());
        input.end();
        return contents;
    }

    /** Reads the header of a file with any tensors. */
    static SafetensorsContents contents(ModelInput input) throws IOException {
        SafetensorsHeader header =
                SafetensorsHeader.parse(input.bytes(headerLength(input, MAX_HEADER_LENGTH), "the header"), PREFIX);
        TensorLayout layout = header.layout();
        SafetensorsContents contents = new SafetensorsContents(layout, header.type());
        header.inOrderOf(layout);
        return contents;
    }

    private static int headerLength(ModelInput input, TensorLayout layout) throws IOException {
        // Because of spaces and escapes, a header can be longer than one written here, but hardly more than
        // four times as long.
        return headerLength(input, Math.max(MAX_HEADER_LENGTH, 4L * header(layout, FloatType.FLOAT64).length));
    }

    private static int headerLength(ModelInput input, long longest) throws IOException {
        long length = ByteBuffer.wrap(input.bytes(PREFIX, "the header's length"))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (length < 2 || length > longest) {
            throw ModelInput.refusal(
                    0, "a header of " + Long.toUnsignedString(length) + " bytes", "2 to " + longest + " bytes");
        }
        return (int) length;
    }
}
