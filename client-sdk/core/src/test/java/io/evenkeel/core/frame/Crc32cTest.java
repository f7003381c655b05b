package io.evenkeel.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.vector.SplitMix64;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.junit.jupiter.api.Test;

class Crc32cTest {

    @Test
    void matchesTheCheckValueOfThePolynomial() {
        assertThat(of(new Crc32c(), "123456789".getBytes(StandardCharsets.US_ASCII), 0, 9))
                .isEqualTo(0xE3069283L);
    }

    @Test
    void agreesWithTheJdkAtEveryOffsetAndLength() {
        byte[] bytes = new byte[80];
        SplitMix64 random = new SplitMix64(7);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.next();
        }
        for (int from = 0; from < 9; from++) {
            for (int length = 0; length <= bytes.length - from; length++) {
                assertThat(of(new Crc32c(), bytes, from, length)).isEqualTo(of(new CRC32C(), bytes, from, length));
            }
        }
    }

    @Test
    void continuesOverSeveralUpdates() {
        Crc32c crc = new Crc32c();
        byte[] bytes = "a message in three pieces".getBytes(StandardCharsets.US_ASCII);
        crc.update(bytes, 0, 10);
        crc.update(bytes[10]);
        crc.update(bytes, 11, bytes.length - 11);
        assertThat(crc.getValue()).isEqualTo(of(new CRC32C(), bytes, 0, bytes.length));
        crc.reset();
        assertThat(crc.getValue()).isZero();
    }

    @Test
    void refusesARangeOutsideTheArray() {
        assertThatThrownBy(() -> new Crc32c().update(new byte[3], 1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void prefersThePlatformsImplementation() {
        assertThat(Crc32c.create()).isInstanceOf(CRC32C.class);
    }

    private static long of(Checksum crc, byte[] bytes, int from, int length) {
        crc.update(bytes, from, length);
        return crc.getValue();
    }
}
