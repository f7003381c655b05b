package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SupportTest {

    static int[] indices(Support support) {
        return IntStream.range(0, support.count()).map(support::index).toArray();
    }

    @Test
    void allIsEveryCoordinate() {
        Support all = new Support.All(3);
        assertThat(all.dimension()).isEqualTo(3);
        assertThat(indices(all)).containsExactly(0, 1, 2);
    }

    @Test
    void listedSupportsHaveTheListedCoordinates() {
        Support listed = new Support.Listed(5, new int[] {0, 3, 4});
        assertThat(listed.dimension()).isEqualTo(5);
        assertThat(indices(listed)).containsExactly(0, 3, 4);
        assertThat(new Support.Listed(5, new int[0]).count()).isZero();
    }

    @Test
    void seededSupportsNeverChange() {
        assertThat(indices(new Support.Seeded(1000, 8, 42))).containsExactly(391, 468, 513, 554, 582, 954, 965, 984);
        assertThat(indices(new Support.Seeded(10, 7, -1))).containsExactly(0, 2, 3, 4, 5, 7, 8);
        assertThat(indices(new Support.Seeded(11_173_962, 5, 2026)))
                .containsExactly(52327, 5225021, 5672485, 9721162, 9891947);
        assertThat(new Support.Seeded(10, 7, -1).seed()).isEqualTo(-1);
        assertThat(new Support.Seeded(10, 7, -1).dimension()).isEqualTo(10);
    }

    @Property
    void aSeedGivesDistinctAscendingCoordinates(
            @ForAll @IntRange(min = 1, max = 200) int dimension,
            @ForAll @IntRange(max = 200) int count,
            @ForAll long seed) {
        int k = count % (dimension + 1);
        int[] drawn = indices(new Support.Seeded(dimension, k, seed));
        assertThat(drawn).hasSize(k);
        assertThat(IntStream.of(drawn).distinct().sorted().toArray()).containsExactly(drawn);
        assertThat(IntStream.of(drawn)).allMatch(j -> j >= 0 && j < dimension);
    }

    @Test
    void everySetOfCoordinatesIsEquallyFrequentOverTheSeeds() {
        Map<List<Integer>, Integer> counts = new HashMap<>();
        for (int seed = 0; seed < 100_000; seed++) {
            List<Integer> drawn = IntStream.of(indices(new Support.Seeded(5, 2, seed)))
                    .boxed()
                    .toList();
            counts.merge(drawn, 1, Integer::sum);
        }
        assertThat(counts).hasSize(10);
        double chiSquare = counts.values().stream()
                .mapToDouble(n -> (n - 10_000.0) * (n - 10_000) / 10_000)
                .sum();
        assertThat(chiSquare).as("99.9% of uniform samples are below").isLessThan(27.88);
    }

    @Test
    void blocksAreWholeRunsOfCoordinates() {
        Support.Blocks blocks = new Support.Blocks(10, 3, new int[] {0, 2});
        assertThat(indices(blocks)).containsExactly(0, 1, 2, 6, 7, 8);
        assertThat(blocks.dimension()).isEqualTo(10);
        assertThat(blocks.length()).isEqualTo(3);
        assertThat(blocks.blockCount()).isEqualTo(2);
        assertThat(blocks.block(1)).isEqualTo(2);
    }

    @Test
    void theLastBlockMayBeShorter() {
        assertThat(Support.Blocks.total(10, 3)).isEqualTo(4);
        assertThat(indices(new Support.Blocks(10, 3, new int[] {1, 3}))).containsExactly(3, 4, 5, 9);
        assertThat(indices(new Support.Blocks(9, 3, new int[] {2}))).containsExactly(6, 7, 8);
        assertThat(new Support.Blocks(10, 3, new int[0]).count()).isZero();
    }

    @Test
    void blocksOfTheLargestVectorsAreCountedCorrectly() {
        int d = Integer.MAX_VALUE;
        assertThat(Support.Blocks.total(d, 1 << 30)).isEqualTo(2);
        Support both = new Support.Blocks(d, 1 << 30, new int[] {0, 1});
        assertThat(both.count()).isEqualTo(d);
        assertThat(both.index(d - 1)).isEqualTo(d - 1);
    }

    @Test
    void refusesIndicesOutOfRangeOrOrder() {
        assertRefused(
                () -> new Support.Listed(3, new int[] {3}),
                "index 0 is 3, expected strictly ascending from 0 to 2 in [3]");
        assertRefused(
                () -> new Support.Listed(3, new int[] {-1}), "index 0 is -1, expected strictly ascending from 0 to 2");
        assertRefused(
                () -> new Support.Listed(9, new int[] {4, 4}),
                "index 1 is 4, expected strictly ascending from 0 to 8, after 4");
        assertRefused(() -> new Support.Listed(99, new int[] {1, 2, 3, 4, 5, 6, 7, 8, 0}), "after 8 in 9 of them");
        assertRefused(
                () -> new Support.Blocks(9, 3, new int[] {3}), "block 0 is 3, expected strictly ascending from 0 to 2");
    }

    @Test
    void refusesCountsAndLengthsOutOfRange() {
        assertRefused(() -> new Support.Seeded(3, 4, 0), "count is 4, expected 0 to 3");
        assertRefused(() -> new Support.Seeded(3, -1, 0), "count is -1, expected 0 to 3");
        assertRefused(() -> new Support.Blocks(3, 4, new int[0]), "block length is 4, expected 1 to 3");
        assertRefused(() -> new Support.Blocks(3, 0, new int[0]), "block length is 0, expected 1 to 3");
    }

    @Test
    void refusesAVectorWithoutCoordinates() {
        assertRefused(() -> new Support.All(0), "dimension is 0, expected at least 1");
        assertRefused(() -> new Support.Listed(0, new int[0]), "dimension is 0, expected at least 1");
        assertRefused(() -> new Support.Seeded(-1, 0, 0), "dimension is -1, expected at least 1");
        assertRefused(() -> new Support.Blocks(0, 1, new int[0]), "dimension is 0, expected at least 1");
    }

    private static void assertRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
