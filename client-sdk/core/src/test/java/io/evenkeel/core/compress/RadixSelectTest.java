package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RadixSelectTest {

    private final RadixSelect order = new RadixSelect();

    private void assertAgrees(long... numbers) {
        long[] sorted = numbers.clone();
        Arrays.sort(sorted);
        long[] before = numbers.clone();
        for (int rank = 1; rank <= numbers.length; rank += 1 + numbers.length / 50) {
            assertThat(order.largest(numbers, numbers.length, rank))
                    .as("rank %d", rank)
                    .isEqualTo(sorted[numbers.length - rank]);
        }
        assertThat(numbers).isEqualTo(before);
    }

    /** Ranges of any width at any position. */
    @Property(tries = 300)
    void agreesWithSorting(@ForAll Random random) {
        int bits = 1 + random.nextInt(63);
        long least = random.nextLong() & Long.MAX_VALUE >>> random.nextInt(63);
        long mask = (1L << bits) - 1;
        assertAgrees(random.longs(1 + random.nextInt(3000))
                .map(number -> Math.min(least, Long.MAX_VALUE - mask) + (number & mask))
                .toArray());
    }

    @Test
    void findsANumberAmongEqualOnesAndAtBothEnds() {
        assertAgrees(7);
        assertAgrees(7, 7, 7);
        assertAgrees(0, Long.MAX_VALUE);
        assertAgrees(0, 0, 1, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 1);
    }

    @Test
    void findsANumberIfEachPassEliminatesFewOthers() {
        long[] numbers = new long[2000];
        Arrays.setAll(numbers, i -> 1L << (i % 63));
        assertAgrees(numbers);
    }

    @Test
    void readsOnlyTheFirstSizeNumbers() {
        assertThat(order.largest(new long[] {3, 5, 9, 9}, 2, 1)).isEqualTo(5);
    }
}
