package io.evenkeel.coordinator.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class NoiseStreamTest {

    private static byte[] stream(byte[] seed, int round, int... lengths) {
        NoiseStream stream = new NoiseStream(seed, round);
        byte[] all = new byte[Arrays.stream(lengths).sum()];
        int from = 0;
        for (int length : lengths) {
            byte[] part = new byte[length];
            Arrays.fill(part, (byte) 7);
            stream.fill(part);
            System.arraycopy(part, 0, all, from, length);
            from += length;
        }
        return all;
    }

    /** Uses test vectors 1 and 2 of RFC 8439, Appendix A.1: a key of zeros, the nonce 0, the blocks 0 and 1. */
    @Test
    void isTheKeyStreamOfChaCha20() {
        assertThat(HexFormat.of().formatHex(stream(new byte[NoiseStream.SEED_BYTES], 0, 128)))
                .isEqualTo("76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7"
                        + "da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
                        + "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed"
                        + "29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f");
    }

    @Test
    void continuesWhereItStoppedAndDiffersBetweenRounds() {
        byte[] seed = new byte[NoiseStream.SEED_BYTES];
        seed[3] = 9;
        assertThat(stream(seed, 4, 1, 63, 100, 36)).isEqualTo(stream(seed, 4, 200));
        assertThat(stream(seed, 4, 64)).isNotEqualTo(stream(seed, 5, 64));
    }
}
