package io.evenkeel.tools.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.00 kB",
        "38440, 38.4 kB",
        "9994, 9.99 kB",
        "9996, 10.0 kB",
        "999499, 999 kB",
        "999500, 1.00 MB",
        "153760000, 154 MB",
        "9223372036854775807, 9223372 TB"
    })
    void writesBytesWithThreeDigits(long bytes, String text) {
        assertThat(Quantity.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3290000 | 230640000 | 1/70 of 231 MB dense float32",
                "39000 | 230640 | 1/5.9 of 231 kB dense float32",
                "0 | 0 | 1/0.0 of 0 B dense float32",
                "33610 | 33600 | 1/1.0 of 33.6 kB dense float32",
                "34000 | 33600 | 101.2 % of 33.6 kB dense float32, more than uncompressed: choose a sparser compressor"
            })
    void remarksOnMessagesThatTakeMoreThanUncompressedOnes(long bytes, long dense, String text) {
        assertThat(Quantity.againstDense(bytes, dense)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0:00", "59.9, 0:59", "65, 1:05", "3661, 61:01"})
    void writesMinutesAndSeconds(double seconds, String text) {
        assertThat(Quantity.clock(Duration.ofMillis((long) (1000 * seconds)))).isEqualTo(text);
    }
}
