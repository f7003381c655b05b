package io.evenkeel.coordinator.model.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.vector.TensorLayout;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {

    private static final TensorLayout SIX = TensorLayout.flat(6);

    @Test
    void beginsAsNumPyWritesIt() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ModelFormat.NPY.write(new double[6], SIX, FloatType.FLOAT32, out);
        String start = out.toString(StandardCharsets.ISO_8859_1).substring(0, 128);
        assertThat(start)
                .startsWith("\u0093NUMPY\u0001\u0000v\u0000{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }  ")
                .endsWith(" \n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1 | {'descr': '<f8', 'fortran_order': False, 'shape': (6,), }",
                "1 | {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
                "2 | {'descr': '<f8', 'fortran_order': False, 'shape': (1, 6, 1), }",
                "3 | {\"shape\":(6,),\"fortran_order\":True,\"descr\":\"<f8\"}",
            })
    void readsEveryVersionAndEveryShapeWithTheRightTotal(int version, String header) throws IOException {
        double[] x = read(file(version, header, 6));
        assertThat(x).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'descr': '>f8', 'fortran_order': False, 'shape': (6,)} | '<f4' or '<f8'",
                "{'descr': '!O', 'fortran_order': False, 'shape': (6,)} | '<f4' or '<f8'",
                "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3)} | C order",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (7,)} | 6 values in all",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9)} | 6 values in all",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999999, 9999999999, 9999999999)} | 6 values",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (-6,)} | length of an axis",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999,)} | length of an axis",
                "{'descr': '<f8', 'fortran_order': False, 'shape': 6} | '('",
                "{'descr': '<f8', 'fortran_order': 0, 'shape': (6,)} | True or False",
                "{'descr': '<f8', 'fortran_order': False} | one with it",
                "{'descr': [('a', '<f8')], 'shape': (6,)} | a quoted text",
                "{'descr': '<f8', 'shape': (6,), 'more': 'x'} | descr, fortran_order or shape",
                "{'descr': '<f8' 'shape': (6,)} | ',' or '}'",
                "{'descr': '<f8', 'shape': (6 | ',' or ')'",
                "{'descr': '<f8', 'shape': (6,)} x | the end of the header",
                "{'descr | in quotes",
                "nonsense | '{'",
            })
    void refusesOtherHeadersAndNamesWhatItExpected(String header, String expected) {
        assertThatThrownBy(() -> read(file(1, header, 6)))
                .hasMessageContaining("invalid-frame: byte ")
                .hasMessageContaining(expected);
    }

    @Test
    void refusesAHeaderThatClaimsTooMuchBeforeAllocatingMemory() {
        ByteBuffer bytes = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0}).putInt(-1);
        assertThatThrownBy(() -> read(bytes.array()))
                .hasMessageContaining("a header of 4294967295 bytes, expected at most 65536");
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 4, -1})
    void refusesVersionsItDoesNotKnow(byte version) {
        assertThatThrownBy(() -> read(file(version, "{}", 0))).hasMessageContaining("expected 1.0, 2.0 or 3.0");
    }

    private static double[] read(byte[] bytes) throws IOException {
        return ModelFormat.NPY.read(new ByteArrayInputStream(bytes), bytes.length, SIX, null);
    }

    private static byte[] file(int version, String header, int count) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        int lengthBytes = version == 1 ? 2 : 4;
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + lengthBytes + text.length + 8 * count).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (version == 1) {
            bytes.putShort((short) text.length);
        } else {
            bytes.putInt(text.length);
        }
        bytes.put(text);
        for (int j = 0; j < count; j++) {
            bytes.putDouble(j);
        }
        return bytes.array();
    }
}
