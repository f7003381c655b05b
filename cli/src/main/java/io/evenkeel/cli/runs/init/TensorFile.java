package io.evenkeel.cli.runs.init;

import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the names and shapes of the tensors in a {@code .safetensors} or {@code .npy} file; the values are
 * not read.
 */
final class TensorFile {

    private static final byte[] NPY_MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern NPY_SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([\\d, ]*)\\)");
    private static final int MAX_HEADER_LENGTH = 10_000_000;

    private TensorFile() {}

    /**
     * A tensor.
     *
     * @param name its name
     * @param shape the axes' lengths, each at least 1
     */
    record Tensor(String name, List<Long> shape) {}

    /**
     * Reads the tensors in the order of their values in the file.
     *
     * @throws CommandFailure if the file cannot be read or has neither format
     */
    static List<Tensor> read(Path file) {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            byte[] start = in.readNBytes(8);
            return Arrays.equals(start, 0, Math.min(6, start.length), NPY_MAGIC, 0, NPY_MAGIC.length)
                    ? npy(in, start[6])
                    : safetensors(in, start);
        } catch (EOFException e) {
            throw refusal(file, "it ends within its header", e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.USAGE, file + " cannot be read (" + e + "): correct its name", e);
        } catch (JacksonException | IllegalArgumentException e) {
            throw refusal(file, "its header is damaged", e);
        }
    }

    private static CommandFailure refusal(Path file, String why, Exception cause) {
        return new CommandFailure(
                ExitCode.USAGE,
                file + " is neither a .safetensors nor a .npy file (" + why + "): save the model in one of these forms",
                cause);
    }

    /** The header of a .npy file starts with its length, after magic and version: 2 bytes in version 1, else 4. */
    private static List<Tensor> npy(DataInputStream in, byte version) throws IOException {
        int bytes = version == 1 ? Short.BYTES : Integer.BYTES;
        ByteBuffer length = little(exactly(in, bytes));
        int size = version == 1 ? Short.toUnsignedInt(length.getShort()) : checked(length.getInt());
        String header = new String(exactly(in, size), StandardCharsets.UTF_8);
        Matcher shape = NPY_SHAPE.matcher(header);
        if (!shape.find()) {
            throw new IllegalArgumentException("no shape");
        }
        List<Long> axes = Arrays.stream(shape.group(1).split(",", -1))
                .map(String::strip)
                .filter(axis -> !axis.isEmpty())
                .map(Long::valueOf)
                .toList();
        return List.of(new Tensor("x", axes.isEmpty() ? List.of(1L) : axes));
    }

    private static List<Tensor> safetensors(DataInputStream in, byte[] start) throws IOException {
        if (start.length < Long.BYTES) {
            throw new EOFException();
        }
        int size = checked(little(start).getLong());
        JsonNode header = new JsonMapper().readTree(exactly(in, size));
        record Placed(Tensor tensor, long begin) {}
        List<Placed> placed = new ArrayList<>();
        header.properties().forEach(entry -> {
            if (!entry.getKey().equals("__metadata__")) {
                JsonNode tensor = entry.getValue();
                List<Long> shape = new ArrayList<>();
                tensor.path("shape").forEach(axis -> shape.add(axis.asLong()));
                placed.add(new Placed(
                        new Tensor(entry.getKey(), shape.isEmpty() ? List.of(1L) : shape),
                        tensor.path("data_offsets").path(0).asLong()));
            }
        });
        if (placed.isEmpty()) {
            throw new IllegalArgumentException("no tensors");
        }
        placed.sort(Comparator.comparingLong(Placed::begin));
        return placed.stream().map(Placed::tensor).toList();
    }

    private static int checked(long length) {
        if (length < 2 || length > MAX_HEADER_LENGTH) {
            throw new IllegalArgumentException("a header of " + length + " bytes");
        }
        return (int) length;
    }

    private static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] exactly(DataInputStream in, int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) {
            throw new EOFException();
        }
        return read;
    }
}
