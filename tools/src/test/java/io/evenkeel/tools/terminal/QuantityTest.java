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
    @CsvSource({"0, 0:00", "59.9, 0:59", "65, 1:05", "3661, 61:01"})
    void writesMinutesAndSeconds(double seconds, String text) {
        assertThat(Quantity.clock(Duration.ofMillis((long) (1000 * seconds)))).isEqualTo(text);
    }
}
