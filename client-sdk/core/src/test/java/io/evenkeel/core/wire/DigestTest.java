package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {

    /** The first example of FIPS 180-4: SHA-256("abc") = ba7816bf 8f01cfea … */
    @Test
    void isTheBeginningOfSha256() {
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);

        assertThat(Digest.of(abc)).isEqualTo(0xba7816bf8f01cfeaL);
        assertThat(Digest.of("xxabcx".getBytes(StandardCharsets.US_ASCII), 2, 3))
                .isEqualTo(0xba7816bf8f01cfeaL);
        assertThat(Digest.toHex(Digest.of(abc))).isEqualTo("ba7816bf8f01cfea");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MIN_VALUE, 0x0123456789abcdefL})
    void isParsedFromItsSixteenDigits(long digest) {
        assertThat(Digest.toHex(digest)).hasSize(16);
        assertThat(Digest.parseHex(Digest.toHex(digest))).isEqualTo(digest);
    }

    @Test
    void isParsedFromCapitals() {
        assertThat(Digest.parseHex("00000000000000AF")).isEqualTo(0xAF);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "00000000000000000", "+000000000000001", "000000000000000g", "0x00000000000001"})
    void refusesAnythingButSixteenDigits(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Digest.parseHex(text))
                .withMessageContaining("'" + text + "', expected 16 hex digits");
    }

    @Test
    void quotesOnlyTheBeginningOfALongText() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Digest.parseHex("f".repeat(1000)))
                .withMessageContaining("'" + "f".repeat(32) + "…'");
    }
}
