package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LargestMagnitudesTest {

    private static int[] select(double[] u, int from, int to, int count) {
        return new LargestMagnitudes(new VectorDifference(u, null)).select(from, to, count);
    }

    /** Selects by sorting. */
    private static int[] naive(double[] u, int from, int to, int count) {
        return IntStream.range(from, to)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer j) -> -Math.abs(u[j]))
                        .thenComparing(j -> j))
                .limit(count)
                .filter(j -> u[j] != 0)
                .mapToInt(j -> j)
                .sorted()
                .toArray();
    }

    private static void assertAgrees(double[] u, int... counts) {
        for (int count : counts) {
            assertThat(select(u, 0, u.length, count)).as("K = %d", count).containsExactly(naive(u, 0, u.length, count));
        }
    }

    private static double[] filled(int dimension, IntToDoubleFunction value) {
        return IntStream.range(0, dimension).mapToDouble(value).toArray();
    }

    @Property
    void agreesWithSorting(@ForAll("vectors") double[] u, @ForAll @IntRange(min = 1, max = 60) int count) {
        assertAgrees(u, Math.min(count, u.length));
    }

    @Provide
    Arbitrary<double[]> vectors() {
        return Vectors.dimensions(60).flatMap(Vectors::any);
    }

    @Property(tries = 30)
    void agreesWithSortingNearTheCutoff(@ForAll long seed, @ForAll @IntRange(min = 1, max = 9000) int count) {
        SplitMix64 random = new SplitMix64(seed);
        assertAgrees(filled(9000, j -> Double.longBitsToDouble(random.next() & ~(1L << 62))), count);
        assertAgrees(filled(9000, j -> random.nextDouble() - 0.5), count);
        assertAgrees(filled(9000, j -> random.next(5) - 2), count);
        assertAgrees(filled(9000, j -> Math.max(0, random.next(40) - 38)), count);
        assertAgrees(filled(9000, j -> 1 + random.next(1 << 20) * 0x1.0p-52), count);
    }

    @Test
    void equalMagnitudesGoToTheLowerIndex() {
        assertThat(select(new double[] {1, -2, 2, -2, 3}, 0, 5, 3)).containsExactly(1, 2, 4);
        double[] equal = filled(5000, j -> j % 2 == 0 ? -7 : 7);
        assertThat(select(equal, 0, 5000, 3)).containsExactly(0, 1, 2);
        equal[4999] = 8;
        assertThat(select(equal, 0, 5000, 3)).containsExactly(0, 1, 4999);
        assertAgrees(equal, 2000, 4999, 5000);
    }

    @Test
    void distinguishesMagnitudesThatDifferInTheLastBit() {
        double[] u = filled(5000, j -> j % 100 == 99 ? Math.nextUp(1.0) : 1.0);
        assertAgrees(u, 1, 49, 50, 51, 4950);
        double[] tiny = filled(5000, j -> (j % 7) * Double.MIN_VALUE);
        assertAgrees(tiny, 1, 700, 714, 715, 2000, 4500);
    }

    @Test
    void findsTheLargestInLongVectors() {
        SplitMix64 random = new SplitMix64(3);
        assertAgrees(filled(100_000, j -> random.nextDouble() - 0.5), 1, 1000, 60_000, 100_000);
        assertAgrees(filled(100_000, j -> random.next(3)), 10, 40_000);
        assertAgrees(filled(100_000, j -> j % 1000 == 0 ? j : 0), 10, 99, 5000);
    }

    /** The sampled magnitudes are the largest, and there are fewer than K of them. */
    @Test
    void findsTheLargestIfItsSampleIsTooLarge() {
        SplitMix64 random = new SplitMix64(1);
        double[] u = filled(160_000, j -> random.nextDouble());
        for (int j : sampled(u.length)) {
            u[j] += 1;
        }
        assertAgrees(u, 1, 1250, 1251, 20_000);
    }

    /** The sampled magnitudes are the smallest, so more magnitudes exceed the threshold than the buffer holds. */
    @Test
    void findsTheLargestIfItsSampleIsTooSmall() {
        SplitMix64 random = new SplitMix64(2);
        double[] u = filled(160_000, j -> 1 + random.nextDouble());
        for (int j : sampled(u.length)) {
            u[j] -= 1;
        }
        assertAgrees(u, 1, 500, 20_000);
    }

    private static int[] sampled(int length) {
        int size = LargestMagnitudes.sampleSize(length);
        SplitMix64 random = new SplitMix64(size);
        return IntStream.range(0, size)
                .map(i -> LargestMagnitudes.sampled(i, length / size, random))
                .toArray();
    }

    @Test
    void findsTheLargestAmongMoreEqualMagnitudesThanItsBufferHolds() {
        assertAgrees(filled(200_000, j -> j < 199_990 ? 1 : 2), 5, 10, 100);
        assertAgrees(filled(200_000, j -> j < 100_000 ? -1 : 1), 1, 2000);
    }

    @Test
    void findsTheLargestInAnyOrder() {
        assertAgrees(filled(100_000, j -> j), 1, 5000);
        assertAgrees(filled(100_000, j -> -100_000 + j), 1, 5000);
        assertAgrees(filled(100_000, j -> Math.scalb(1.0, j / 50 - 1000)), 3, 2000);
    }

    @Test
    void ordersNaNAboveAllOthers() {
        double[] u = filled(5000, j -> j % 3 == 0 ? Double.NaN : Double.POSITIVE_INFINITY);
        u[1] = Double.longBitsToDouble(-1);
        assertThat(select(u, 0, 5000, 1)).containsExactly(1);
        assertThat(select(u, 0, 5000, 3)).containsExactly(0, 1, 3);
    }

    @Test
    void neverSelectsAZero() {
        assertThat(select(new double[] {0, -0.0, 0}, 0, 3, 2)).isEmpty();
        double[] sparse = new double[5000];
        sparse[17] = -1e-300;
        sparse[4000] = 1;
        assertThat(select(sparse, 0, 5000, 10)).containsExactly(17, 4000);
        assertThat(select(sparse, 0, 5000, 5000)).containsExactly(17, 4000);
        assertThat(select(sparse, 0, 5000, 1)).containsExactly(4000);
    }

    @Test
    void selectsWithinItsRangeRepeatedly() {
        double[] u = filled(6000, j -> (j * 7919L) % 6007);
        LargestMagnitudes largest = new LargestMagnitudes(new VectorDifference(u, null));
        assertThat(largest.select(100, 3100, 40)).containsExactly(naive(u, 100, 3100, 40));
        assertThat(largest.select(3100, 6000, 40)).containsExactly(naive(u, 3100, 6000, 40));
        assertThat(largest.select(3100, 3110, 3)).containsExactly(naive(u, 3100, 3110, 3));
        assertThat(largest.select(0, 6000, 1)).containsExactly(naive(u, 0, 6000, 1));
    }

    @Test
    void selectsByTheMagnitudeOfTheDifference() {
        double[] u = {5, 5, 5, 5};
        double[] minus = {5, 4, 8, 5.5};
        assertThat(new LargestMagnitudes(new VectorDifference(u, minus)).select(0, 4, 2))
                .containsExactly(1, 2);
        assertThat(Arrays.equals(u, new double[] {5, 5, 5, 5})).isTrue();
    }
}
