package io.evenkeel.core.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.Support;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Tests the coding itself, including gaps for which a frame would choose another coding. */
class AdaptiveGapsTest {

    private static int[] decoded(Support.Listed support) {
        AdaptiveGaps gaps = new AdaptiveGaps(Gaps.of(support));
        byte[] bytes = new byte[(int) gaps.bytes()];
        WireWriter out = new WireWriter(bytes, 0);
        gaps.write(out);
        assertThat(out.position()).isEqualTo(bytes.length);

        WireReader in = new WireReader(bytes, 0, bytes.length);
        int[] numbers = AdaptiveGaps.read(in, support.count(), support.dimension());
        assertThat(in.position()).isEqualTo(bytes.length);
        return numbers;
    }

    private static void assertRoundTrips(int dimension, int... numbers) {
        assertThat(decoded(new Support.Listed(dimension, numbers))).isEqualTo(numbers);
    }

    /** Gaps of all widths next to each other. */
    @Property(tries = 2000)
    void roundTripsAnyNumbers(@ForAll Random random) {
        int[] numbers = new int[random.nextInt(300)];
        int size = 0;
        long number = random.nextInt(50);
        while (size < numbers.length && number < Integer.MAX_VALUE) {
            numbers[size++] = (int) number;
            number += 1 + (random.nextInt(Integer.MAX_VALUE) >>> random.nextInt(31));
        }
        numbers = Arrays.copyOf(numbers, size);
        int last = size == 0 ? 0 : numbers[size - 1];
        assertRoundTrips(last == Integer.MAX_VALUE - 1 || random.nextBoolean() ? last + 1 : Integer.MAX_VALUE, numbers);
    }

    @Test
    void roundTripsTheSmallestAndTheLargestGap() {
        assertRoundTrips(Integer.MAX_VALUE);
        assertRoundTrips(Integer.MAX_VALUE, 0);
        assertRoundTrips(Integer.MAX_VALUE, Integer.MAX_VALUE - 1);
        assertRoundTrips(Integer.MAX_VALUE, 0, Integer.MAX_VALUE - 1);
        assertRoundTrips(Integer.MAX_VALUE, 0, 1, 2, 3, 4, 5, Integer.MAX_VALUE - 1);
        assertRoundTrips(1, 0);
    }

    @Test
    void startsWithTheMedian() {
        for (int gap : new int[] {0, 1, 2, 3, 4, 5, 8, 9, 63, 64, 65, 80, 81, 1 << 30, Integer.MAX_VALUE}) {
            int parameter = GolombCode.parameterOf(gap);
            assertThat(parameter).isBetween(1, GolombCode.MAX_PARAMETER);
            assertThat(parameter == GolombCode.MAX_PARAMETER || GolombCode.divisor(parameter) >= gap)
                    .as("gap %d", gap)
                    .isTrue();
            assertThat(parameter == 1 || GolombCode.divisor(parameter - 1) < gap)
                    .as("gap %d", gap)
                    .isTrue();
        }
    }
}
