package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SecretSharingTest {

    private final SecureRandom random = new SecureRandom();

    @Property(tries = 200)
    void anyThresholdOfSharesRecoversTheSecret(
            @ForAll @Size(32) byte[] secret,
            @ForAll @IntRange(min = 1, max = 40) int threshold,
            @ForAll @IntRange(min = 0, max = 40) int more,
            @ForAll long seed) {
        byte[][] shares = SecretSharing.split(secret, threshold, threshold + more, random);

        assertThat(combined(some(shares, threshold, new Random(seed)))).isEqualTo(secret);
    }

    private static byte[] combined(Map<Integer, byte[]> shares) {
        int[] numbers = shares.keySet().stream().mapToInt(number -> number).toArray();
        return SecretSharing.combine(SecretSharing.weights(numbers), List.copyOf(shares.values()));
    }

    private static Map<Integer, byte[]> some(byte[][] shares, int count, Random choice) {
        List<Integer> numbers = new ArrayList<>();
        for (int number = 1; number <= shares.length; number++) {
            numbers.add(number);
        }
        Collections.shuffle(numbers, choice);
        Map<Integer, byte[]> some = new TreeMap<>();
        numbers.subList(0, count).forEach(number -> some.put(number, shares[number - 1]));
        return some;
    }

    @Test
    void sharesBelowTheThresholdRevealNothing() {
        // For each value of the secret, with a threshold of two, a single share takes each of the 65,536 values exactly
        // once.
        for (int secret : new int[] {0, 1, 200}) {
            BitSet seen = new BitSet();
            for (int coefficient = 0; coefficient < 1 << 16; coefficient++) {
                byte[] bytes = {(byte) coefficient, (byte) (coefficient >>> 8)};
                byte[][] shares = SecretSharing.split(new byte[] {(byte) secret, 7}, 2, 3, new ReplayedRandom(bytes));
                seen.set((shares[2][0] & 0xFF) << 8 | (shares[2][1] & 0xFF));
            }
            assertThat(seen.cardinality()).isEqualTo(1 << 16);
        }
    }

    @Test
    void supportsMoreSharesThanAByteCanNumber() {
        byte[] secret = {1, 2, 3, 4};
        byte[][] shares = SecretSharing.split(secret, 200, 400, random);
        assertThat(combined(some(shares, 200, new Random(1)))).isEqualTo(secret);
    }

    @Property
    void arithmeticFormsAField(
            @ForAll @IntRange(min = 0, max = 65_535) int a,
            @ForAll @IntRange(min = 0, max = 65_535) int b,
            @ForAll @IntRange(min = 0, max = 65_535) int c) {
        assertThat(SecretSharing.multiply(a, b))
                .isEqualTo(SecretSharing.multiply(b, a))
                .isBetween(0, 65_535);
        assertThat(SecretSharing.multiply(a, b ^ c))
                .isEqualTo(SecretSharing.multiply(a, b) ^ SecretSharing.multiply(a, c));
        assertThat(SecretSharing.multiply(SecretSharing.multiply(a, b), c))
                .isEqualTo(SecretSharing.multiply(a, SecretSharing.multiply(b, c)));
    }

    @Test
    void refusesUnreachableThresholds() {
        for (int[] wrong : new int[][] {{0, 3}, {4, 3}, {2, 65_536}}) {
            assertThatThrownBy(() -> SecretSharing.split(new byte[32], wrong[0], wrong[1], random))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("threshold of " + wrong[0]);
        }
    }
}
