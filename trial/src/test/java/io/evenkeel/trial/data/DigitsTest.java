package io.evenkeel.trial.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DigitsTest {

    @Test
    void shipsTheFileThatItsSourceNoteNames() throws IOException, NoSuchAlgorithmException {
        try (InputStream digits = Digits.class.getResourceAsStream("digits.csv.gz");
                InputStream note = Digits.class.getResourceAsStream("SOURCE.md")) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(digits.readAllBytes());
            assertThat(new String(note.readAllBytes(), StandardCharsets.UTF_8))
                    .contains(HexFormat.of().formatHex(hash))
                    .contains("CC BY 4.0");
        }
    }

    @Test
    void hasEveryDigitAboutEquallyOften() {
        assertThat(Digits.all().size()).isEqualTo(1797);
        assertThat(Digits.all().histogram()).containsExactly(178, 182, 177, 183, 181, 182, 181, 179, 174, 180);
    }

    @Test
    void scalesEveryValueToTheUnitInterval() {
        double[] features = Digits.all().features();
        assertThat(features).hasSize(1797 * 64);
        assertThat(Arrays.stream(features).min()).hasValue(0);
        assertThat(Arrays.stream(features).max()).hasValue(1);
        assertThat(Arrays.stream(features).allMatch(v -> v * 16 == Math.rint(v * 16)))
                .isTrue();
    }

    @Test
    void dividesIntoTheSameTrainedAndHeldOutSamplesEachTime() {
        Digits digits = Digits.load();
        Digits again = Digits.load();
        assertThat(digits.train().size()).isEqualTo(1437);
        assertThat(digits.heldOut().size()).isEqualTo(360);
        assertThat(digits.heldOut().features()).isEqualTo(again.heldOut().features());
        assertThat(digits.train().features()).isEqualTo(again.train().features());
    }

    @Test
    void losesNoSampleInDividing() {
        Digits digits = Digits.load();
        int[] together = digits.train().histogram();
        int[] heldOut = digits.heldOut().histogram();
        Arrays.setAll(together, c -> together[c] + heldOut[c]);
        assertThat(together).isEqualTo(Digits.all().histogram());
        assertThat(Arrays.stream(heldOut).min().orElseThrow()).isGreaterThanOrEqualTo(20);
    }
}
