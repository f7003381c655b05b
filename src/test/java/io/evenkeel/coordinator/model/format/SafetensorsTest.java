package io.evenkeel.coordinator.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {

    private static final TensorLayout LAYOUT =
            TensorLayout.of(List.of(new Tensor("w", List.of(2, 2)), new Tensor("b", List.of(2))));

    @Test
    void namesEveryTensorItWrites() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ModelFormat.SAFETENSORS.write(new double[6], LAYOUT, FloatType.FLOAT32, out);
        ByteBuffer bytes = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) bytes.getLong()];
        bytes.get(header);
        assertThat(header.length % 8).isZero();
        assertThat(new String(header, StandardCharsets.UTF_8).strip())
                .isEqualTo("{\"w\":{\"dtype\":\"F32\",\"shape\":[2,2],\"data_offsets\":[0,16]},"
                        + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[16,24]}}");
    }

    @Test
    void readsTensorsInAnyOrderAndTypeAndSkipsMetadata() throws IOException {
        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"b\":{\"shape\":[2],\"dtype\":\"F32\",\"data_offsets\":[0,8]},"
                + "\"w\":{\"dtype\":\"F64\",\"shape\":[2,2],\"data_offsets\":[8,40]}}   ";
        ByteBuffer values = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        values.putFloat(5).putFloat(6).putDouble(1).putDouble(2).putDouble(3).putDouble(4);
        assertThat(read(file(header, values.array()))).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | no tensor 'w'",
                "{`w`:W} | no tensor 'b'",
                "{`w`:W,`b`:B,`c`:B} | a tensor 'c', expected only the run's",
                "{`w`:W,`b`:B,`b`:B} | no JSON",
                "{`w`:W,`b`:{`dtype`:`BF16`,`shape`:[2],`data_offsets`:[16,24]}} | of dtype 'BF16', expected F32 or F64",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[3],`data_offsets`:[16,24]}} | of shape [3], expected shape [2]",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[16,25]}} | a length of 8 bytes",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[24,16]}} | a length of 8 bytes",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[8,16]}} | they begin at",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[20,28]}} | they begin at 16",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[-8,0]}} | from 0 on",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[16]}} | two data_offsets",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[2]}} | two data_offsets",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[2.5],`data_offsets`:[16,24]}} | an integer",
                "{`w`:W,`b`:{`dtype`:`F32`,`shape`:[2],`data_offsets`:[16,99999999999999999999]}} | no JSON",
                "{`w`:W,`b`:{`dtype`:4,`shape`:[2],`data_offsets`:[16,24]}} | a string",
                "{`w`:W,`b`:[]} | an object of dtype",
                "{`w`:W,`b`:{`kind`:1}} | the key 'kind'",
                "{`w`:W,`b`:B} x | no JSON",
                "{`w`:W,`b`:B}{} | spaces only",
                "[`w`] | a JSON object",
                "{`w`: | no JSON",
                "{`__metadata__`:[[[[[[[[[[[[[[]]]]]]]]]]]]]]} | no JSON",
            })
    void refusesOtherHeadersAndNamesWhatIsWrong(String pattern, String expected) {
        String header = pattern.replace("W", "{`dtype`:`F32`,`shape`:[2,2],`data_offsets`:[0,16]}")
                .replace("B", "{`dtype`:`F32`,`shape`:[2],`data_offsets`:[16,24]}")
                .replace("{`dtype`:`{`dtype`:`F32`,`shape`:[2],`data_offsets`:[16,24]}F16`", "{`dtype`:`BF16`")
                .replace('`', '"');
        assertThatThrownBy(() -> read(file(header, new byte[24])))
                .hasMessageContaining("invalid-frame: byte ")
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, 1L << 40, Long.MIN_VALUE, (1 << 20) + 1})
    void refusesAHeaderLengthBeforeAllocatingMemory(long length) {
        byte[] bytes = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .array();
        assertThatThrownBy(() -> read(bytes))
                .hasMessageContaining("a header of " + Long.toUnsignedString(length) + " bytes, expected 2 to 1048576");
    }

    @Test
    void refusesATensorNamedLikeTheMetadata() {
        TensorLayout reserved = TensorLayout.of(List.of(new Tensor("__metadata__", List.of(1))));
        assertThatThrownBy(() -> ModelFormat.SAFETENSORS.write(
                        new double[1], reserved, FloatType.FLOAT32, new ByteArrayOutputStream()))
                .hasMessageContaining("safetensors reserves");
    }

    private static double[] read(byte[] bytes) throws IOException {
        return ModelFormat.SAFETENSORS.read(new ByteArrayInputStream(bytes), bytes.length, LAYOUT, null);
    }

    private static byte[] file(String header, byte[] values) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + text.length + values.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .put(values)
                .array();
    }
}
