package io.evenkeel.core.frame;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class IndexCostTest {

    private static final int DIMENSION = 1_000_000;
    private static final int OVERHEAD = 24;
    private static final int FRAMING = 2;
    private static final double[] SHARES = {
        0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.07, 0.1, 0.13, 0.16, 0.18, 0.2
    };

    /**
     * The Golomb parameter and the padding of the last byte count as part of the frame's at most 24 bytes of
     * overhead.
     */
    @ParameterizedTest
    @ValueSource(ints = {1_000, 10_000, 100_000, 1_000_000, 20_000_000})
    void isWithinTwoPercentOfTheLimitOnRandomSupports(int dimension) {
        for (double share : SHARES) {
            int count = Math.max(1, (int) Math.round(share * dimension));

            double bits = meanBits(dimension, count) - Byte.SIZE * FRAMING;

            assertThat(bits).as("K/d = %s", share).isLessThanOrEqualTo(1.02 * logChoose(dimension, count));
        }
    }

    /** Returns the mean bits of a support, over enough supports for about 100,000 coordinates in total. */
    private static double meanBits(int dimension, int count) {
        int supports = Math.max(1, 100_000 / dimension);
        double bytes = 0;
        for (int i = 0; i < supports; i++) {
            bytes += IndexSection.of(listed(dimension, count, i)).bytes();
        }
        return Byte.SIZE * bytes / supports;
    }

    @Test
    void isEightPointElevenBitsAtOnePercent() {
        assertThat(bitsPerIndex(listed(DIMENSION, 10_000))).isBetween(8.10, 8.12);
    }

    /** Every other weight of a few rows of a matrix, as if most units of a layer were inactive. */
    @Test
    void isHalfTheLimitOfRandomSupportsIfRowsAreListed() {
        Support rows = new Support.Seeded(DIMENSION / 500, 40, 1);
        assertThat(share(10_000, i -> {
                    Support within = new Support.Seeded(500, 250, i / 250);
                    return rows.index(i / 250) * 500 + within.index(i % 250);
                }))
                .isLessThan(0.4);
    }

    /** A tenth of a small tensor, a thousandth of the rest. */
    @Test
    void isBelowTheLimitOfRandomSupportsIfTensorsDiffer() {
        Support small = new Support.Seeded(50_000, 5_000, 2);
        Support large = new Support.Seeded(DIMENSION - 50_000, 950, 3);
        assertThat(share(5_950, i -> i < 5_000 ? small.index(i) : 50_000 + large.index(i - 5_000)))
                .isLessThan(0.75);
    }

    /** The adaptive divisor must not follow a few long gaps, such as between the columns of a matrix. */
    @Test
    void isBelowTheLimitOfRandomSupportsIfPairsAreListed() {
        Support pairs = new Support.Seeded(DIMENSION / 10, 5_000, 4);
        assertThat(share(10_000, i -> 10 * pairs.index(i / 2) + i % 2)).isLessThan(1);
    }

    /** Returns the bits of a support of {@link #DIMENSION} as a share of the minimum for random supports. */
    private static double share(int count, IntUnaryOperator index) {
        int[] indices = IntStream.range(0, count).map(index).toArray();
        double bits =
                8.0 * IndexSection.of(new Support.Listed(DIMENSION, indices)).bytes();
        return bits / logChoose(DIMENSION, count);
    }

    @Test
    void usesAdaptiveGapsOnlyIfTheyAreSmaller() {
        assertThat(IndexSection.of(listed(DIMENSION, 10_000)).coding()).isEqualTo(FrameLayout.GOLOMB);
        int[] run = IntStream.range(500_000, 500_100).toArray();
        assertThat(IndexSection.of(new Support.Listed(DIMENSION, run)).coding()).isEqualTo(FrameLayout.ADAPTIVE);
        assertThat(IndexSection.of(new Support.Blocks(
                                DIMENSION, 7, IntStream.range(900, 1000).toArray()))
                        .coding())
                .isEqualTo(FrameLayout.BLOCK_ADAPTIVE);
    }

    @Test
    void equalsTheCostOfABitmapIfThatIsSmaller() {
        assertThat(IndexSection.of(listed(DIMENSION, DIMENSION / 2)).bytes()).isEqualTo(DIMENSION / 8);
    }

    @Test
    void isEightBytesForDrawnCoordinatesAndZeroForAll() {
        assertThat(IndexSection.of(new Support.Seeded(DIMENSION, 10_000, 1)).bytes())
                .isEqualTo(8);
        assertThat(IndexSection.of(new Support.All(DIMENSION)).bytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void hasAtMostTwentyFourBytesOfOverhead(ValueCoding coding) {
        Support.Listed listed = listed(DIMENSION, 1000);
        Support.Seeded seeded = new Support.Seeded(DIMENSION, 1000, 1);
        Support.Blocks blocks = new Support.Blocks(DIMENSION, 7, new int[] {0, 5, 900, 40_000});

        int gaps = (int) IndexSection.of(listed).bytes() - GolombCode.PARAMETER_BYTES;
        int blockBits =
                (int) IndexSection.of(blocks).bytes() - GolombCode.PARAMETER_BYTES - FrameLayout.BLOCK_LENGTH_BYTES;
        assertThat(overhead(listed, coding, gaps)).isLessThanOrEqualTo(OVERHEAD);
        assertThat(overhead(seeded, coding, FrameLayout.SEED_BYTES)).isLessThanOrEqualTo(OVERHEAD);
        assertThat(overhead(new Support.All(DIMENSION), coding, 0)).isLessThanOrEqualTo(OVERHEAD);
        assertThat(overhead(blocks, coding, blockBits)).isLessThanOrEqualTo(OVERHEAD);
    }

    @Test
    void choosesTheSmallestOfTheBestDivisors() {
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            Support.Listed support = listed(2000 + random.nextInt(100_000), 1 + random.nextInt(300));
            Gaps gaps = Gaps.of(support);
            long fewest = Long.MAX_VALUE;
            for (int parameter = 1; parameter <= GolombCode.MAX_PARAMETER; parameter++) {
                fewest = Math.min(fewest, new GolombCode(parameter).bytes(gaps));
            }

            assertThat(GolombCode.best(gaps).bytes(gaps)).isEqualTo(fewest);
        }
    }

    /** Returns the bytes of a frame without its indices and values; the scale of signs counts as a value. */
    private static long overhead(Support support, ValueCoding coding, int indexBytes) {
        double[] values = new double[support.count()];
        Arrays.fill(values, 0.5);
        CompressedVector vector = new CompressedVector(support, coding, values);
        long valueBytes =
                new ValueWriter(vector).bytes() - (coding == ValueCoding.NATURAL ? FrameLayout.EXPONENT_BYTES : 0);
        return FrameCodec.encodedSize(vector) - valueBytes - indexBytes;
    }

    private static Support.Listed listed(int dimension, int count) {
        return listed(dimension, count, count);
    }

    private static Support.Listed listed(int dimension, int count, long seed) {
        Support drawn = new Support.Seeded(dimension, count, seed);
        int[] indices = new int[count];
        Arrays.setAll(indices, drawn::index);
        return new Support.Listed(dimension, indices);
    }

    private static double bitsPerIndex(Support support) {
        CompressedVector vector = new CompressedVector(support, ValueCoding.BF16, new double[support.count()]);
        int indexBytes = FrameCodec.encode(vector).length - 17 - Short.BYTES * support.count();
        return 8.0 * indexBytes / support.count();
    }

    private static double logChoose(int n, int k) {
        double sum = 0;
        for (int i = 1; i <= k; i++) {
            sum += StrictMath.log((double) (n - k + i) / i);
        }
        return sum / StrictMath.log(2);
    }
}
