package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ShareCorrectionTest {

    private final SecureRandom random = new SecureRandom();

    @Property(tries = 200)
    void findsTheSecretAndTheWrongSharesUpToHalfOfThoseThatAreNotNeeded(
            @ForAll @Size(32) byte[] secret,
            @ForAll @IntRange(min = 1, max = 30) int threshold,
            @ForAll @IntRange(min = 0, max = 30) int more,
            @ForAll long seed) {
        Random choice = new Random(seed);
        byte[][] all = SecretSharing.split(secret, threshold, 2 * (threshold + more), random);
        int[] numbers = IntStream.rangeClosed(1, all.length)
                .filter(number -> number % 2 == choice.nextInt(1))
                .toArray();
        List<byte[]> shares = new ArrayList<>();
        for (int number : numbers) {
            shares.add(all[number - 1]);
        }
        ShareCorrection correction = new ShareCorrection(numbers, threshold);
        BitSet wrong = new BitSet();
        while (wrong.cardinality() < correction.correctable()) {
            wrong.set(choice.nextInt(numbers.length));
        }
        // In some shares only the last two bytes are wrong.
        wrong.stream().forEach(place -> shares.get(place)[choice.nextBoolean() ? 31 : choice.nextInt(32)] ^= 1);

        ShareCorrection.Corrected found = correction.correct(shares).orElseThrow();

        assertThat(found.secret()).isEqualTo(secret);
        assertThat(found.wrong()).isEqualTo(wrong);
    }

    @Test
    void findsNoSecretIfMostSharesAreNoise() {
        int[] numbers = IntStream.rangeClosed(1, 20).toArray();
        List<byte[]> noise = new ArrayList<>();
        for (int i = 0; i < numbers.length; i++) {
            byte[] share = new byte[32];
            random.nextBytes(share);
            noise.add(share);
        }
        assertThat(new ShareCorrection(numbers, 10).correct(noise)).isEmpty();
    }
}
