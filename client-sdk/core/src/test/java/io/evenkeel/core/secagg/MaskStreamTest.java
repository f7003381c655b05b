package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MaskStreamTest {

    @Property(tries = 50)
    void subtractsWhatItAdded(
            @ForAll @Size(32) byte[] seed, @ForAll @IntRange(min = 0, max = 9000) int length, @ForAll int value) {
        int[] words = new int[length];
        Arrays.fill(words, value);
        MaskStream.add(seed, 1, words);
        MaskStream.add(seed, -1, words);
        assertThat(words).containsOnly(length == 0 ? new int[0] : new int[] {value});
    }

    @Test
    void isTheKeystreamOfAes256AsLittleEndianWords() {
        // AES-256 of the block 0 under the key 0 begins with DC 95 C0 78 A2 40 89 89.
        int[] words = new int[2];
        MaskStream.add(new byte[32], 1, words);
        assertThat(words).containsExactly(0x78C095DC, 0x898940A2);
    }

    @Test
    void doesNotDependOnHowManyWordsFollow() {
        byte[] seed = new byte[32];
        seed[0] = 1;
        int[] whole = new int[10_000];
        MaskStream.add(seed, 1, whole);
        int[] start = new int[4_099];
        MaskStream.add(seed, 1, start);
        assertThat(start).isEqualTo(Arrays.copyOf(whole, start.length));
        assertThat(Arrays.stream(whole).distinct().count()).isGreaterThan(9_990);
    }
}
