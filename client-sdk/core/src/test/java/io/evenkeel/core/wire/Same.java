package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import java.util.Arrays;

/** Compares by content, and doubles by their bits. */
public final class Same {

    private Same() {}

    public static void vectors(CompressedVector actual, CompressedVector expected) {
        assertThat(actual.coding()).isEqualTo(expected.coding());
        assertThat(actual.dimension()).isEqualTo(expected.dimension());
        assertThat(actual.count()).isEqualTo(expected.count());
        assertThat(actual.support()).isInstanceOf(expected.support().getClass());
        for (int j = 0; j < expected.count(); j++) {
            if (actual.index(j) != expected.index(j) || bits(actual.value(j)) != bits(expected.value(j))) {
                assertThat(actual.index(j) + ": " + actual.value(j))
                        .isEqualTo(expected.index(j) + ": " + expected.value(j));
            }
        }
        if (actual.support() instanceof Support.Seeded seeded && expected.support() instanceof Support.Seeded other) {
            assertThat(seeded.seed()).isEqualTo(other.seed());
        }
        if (actual.support() instanceof Support.Blocks blocks && expected.support() instanceof Support.Blocks other) {
            assertThat(blocks.length()).isEqualTo(other.length());
        }
    }

    static void messages(Message actual, Message expected) {
        assertThat(actual.sequence()).isEqualTo(expected.sequence());
        assertThat(actual.previous()).isEqualTo(expected.previous());
        assertThat(actual.report()).isEqualTo(expected.report());
        vectors(actual.delta(), expected.delta());
    }

    static void updates(RoundUpdate actual, RoundUpdate expected) {
        assertThat(actual.round()).isEqualTo(expected.round());
        assertThat(actual.retained()).isEqualTo(expected.retained());
        doubles(new double[] {actual.factor()}, expected.factor());
        doubles(actual.divisors(), expected.divisors());
        vectors(actual.changes(), expected.changes());
    }

    static void replicas(Replica actual, Replica expected) {
        assertThat(actual.round()).isEqualTo(expected.round());
        doubles(actual.x(), expected.x());
        doubles(actual.sum(), expected.sum());
    }

    static void doubles(double[] actual, double... expected) {
        assertThat(Arrays.stream(actual).mapToLong(Same::bits).toArray())
                .isEqualTo(Arrays.stream(expected).mapToLong(Same::bits).toArray());
    }

    private static long bits(double value) {
        return Double.doubleToRawLongBits(value);
    }
}
