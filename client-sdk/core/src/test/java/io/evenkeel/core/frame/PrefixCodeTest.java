package io.evenkeel.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrefixCodeTest {

    @Test
    void givesTheShortestCodesToTheMostFrequentSymbols() {
        assertThat(PrefixCode.lengths(new int[] {1, 0, 2, 4, 8})).containsExactly(3, PrefixCode.UNUSED, 3, 2, 1);
        assertThat(PrefixCode.lengths(new int[] {5, 5, 5})).containsExactly(2, 2, 1);
    }

    @Test
    void givesASingleSymbolACodeOfZeroBits() {
        assertThat(PrefixCode.lengths(new int[] {0, 9})).containsExactly(PrefixCode.UNUSED, 0);
        assertThat(PrefixCode.lengths(new int[2])).containsExactly(PrefixCode.UNUSED, PrefixCode.UNUSED);
    }

    @Test
    void isCompleteAndWithinOneBitOfTheEntropyForAnyCounts() {
        Random random = new Random(3);
        for (int i = 0; i < 300; i++) {
            int[] counts = new int[2 + random.nextInt(1024)];
            int range = 2 + random.nextInt(28);
            Arrays.setAll(counts, symbol -> random.nextInt(1 << random.nextInt(range)));
            counts[0] = 1;
            counts[1] = 1;

            int[] lengths = PrefixCode.lengths(counts);

            assertThat(PrefixCode.isComplete(lengths)).isTrue();
            assertThat(Arrays.stream(lengths).max().orElseThrow()).isLessThanOrEqualTo(PrefixCode.MAX_LENGTH);
            assertThat(bits(counts, lengths)).isLessThan(entropy(counts) + 1);
        }
    }

    private static double bits(int[] counts, int[] lengths) {
        double sum = 0;
        for (int symbol = 0; symbol < counts.length; symbol++) {
            sum += (double) counts[symbol] * lengths[symbol];
        }
        return sum / Arrays.stream(counts).mapToLong(count -> count).sum();
    }

    private static double entropy(int[] counts) {
        double total = Arrays.stream(counts).mapToLong(count -> count).sum();
        return Arrays.stream(counts)
                .filter(count -> count > 0)
                .mapToDouble(count -> count / total * StrictMath.log(total / count) / StrictMath.log(2))
                .sum();
    }

    /** The largest 1% of normal values, selected by Top-K, span little more than an octave. */
    @ParameterizedTest
    @CsvSource({"LOG4, 2.2", "LOG5, 2.5", "LOG6, 3.1", "LOG7, 4.0", "LOG8, 5.0"})
    void takesFewBitsForTheLargestOfNormalValues(ValueCoding coding, double most) {
        Random random = new Random(7);
        double[] values = new double[20_000];
        for (int j = 0; j < values.length; ) {
            double value = random.nextGaussian();
            if (Math.abs(value) >= 2.576) {
                values[j++] = value;
            }
        }
        coding.round(values);
        CompressedVector vector = new CompressedVector(new Support.All(values.length), coding, values);

        assertThat(8.0 * new ValueWriter(vector).bytes() / values.length).isBetween(most - 0.2, most);
    }

    @Test
    void refusesToWriteAValueThatIsNotALevel() {
        CompressedVector vector = new CompressedVector(new Support.All(2), ValueCoding.LOG5, new double[] {1, 0.9});

        assertThatThrownBy(() -> FrameCodec.encode(vector))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the value at coordinate 1 is 0.9, which log:5 cannot carry here: "
                        + "round the values with ValueCoding.round first");
    }
}
