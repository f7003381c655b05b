package io.evenkeel.core.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SplitMix64Test {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    @Test
    void givesThePublishedSequences() {
        SplitMix64 zero = new SplitMix64(0);
        assertThat(new long[] {zero.next(), zero.next(), zero.next(), zero.next()})
                .containsExactly(0xe220a8397b1dcdafL, 0x6e789e6aa1b965f4L, 0x06c45d188009454fL, 0xf88bb8a8724c81ecL);
        SplitMix64 other = new SplitMix64(42);
        assertThat(new long[] {other.next(), other.next(), other.next()})
                .containsExactly(0xbdd732262feb6e95L, 0x28efe333b266f103L, 0x47526757130f9f52L);
    }

    @Test
    void boundedNumbersNeverChange() {
        SplitMix64 random = new SplitMix64(7);
        assertThat(IntStream.range(0, 12).map(i -> random.next(6)).toArray())
                .containsExactly(1, 0, 3, 1, 5, 4, 5, 3, 2, 2, 3, 2);
    }

    @Test
    void derivedSeedsNeverChange() {
        assertThat(SplitMix64.derive(1, 2)).isEqualTo(0xcc2a9c30d4d9e843L);
        assertThat(SplitMix64.derive(2, 1)).isEqualTo(0x57e7b069fff1380aL);
        assertThat(SplitMix64.derive(0, 0)).isEqualTo(0x9e0160293a33aaf7L);
        assertThat(SplitMix64.derive(-1, 3)).isEqualTo(0xd870f2b3069de08fL);
    }

    @Property
    void derivedSeedsOfOneSeedDiffer(@ForAll long seed, @ForAll long with, @ForAll long other) {
        assertThat(SplitMix64.derive(seed, with) == SplitMix64.derive(seed, other))
                .isEqualTo(with == other);
    }

    @Property
    void staysBelowTheBound(@ForAll long seed, @ForAll @IntRange(min = 1) int bound) {
        assertThat(new SplitMix64(seed).next(bound)).isBetween(0, bound - 1);
    }

    @Property
    void doublesAreFromZeroToBelowOne(@ForAll long seed) {
        double value = new SplitMix64(seed).nextDouble();
        assertThat(value).isGreaterThanOrEqualTo(0).isLessThan(1);
        assertThat(value * 0x1.0p53).isEqualTo((double) (new SplitMix64(seed).next() >>> 11));
    }

    @Test
    void everyBoundedNumberIsEquallyFrequent() {
        int[] counts = new int[7];
        SplitMix64 random = new SplitMix64(2026);
        for (int i = 0; i < 70_000; i++) {
            counts[random.next(7)]++;
        }
        double chiSquare = IntStream.of(counts)
                .mapToDouble(n -> (n - 10_000.0) * (n - 10_000) / 10_000)
                .sum();
        assertThat(chiSquare).as("99.9% of uniform samples are below").isLessThan(22.46);
    }

    @Test
    void drawsAgainIfARemainderWouldBeBiased() {
        int bound = Integer.MAX_VALUE;
        long runs = Long.MAX_VALUE / bound * bound;
        SplitMix64 lastFair = new SplitMix64(seedWhoseFirstBitsAre((runs - 1) << 1));
        assertThat(lastFair.next(bound)).isEqualTo(bound - 1);

        long seed = seedWhoseFirstBitsAre(Long.MAX_VALUE << 1);
        SplitMix64 second = new SplitMix64(seed);
        assertThat(second.next() >>> 1).isEqualTo(Long.MAX_VALUE);
        assertThat(new SplitMix64(seed).next(bound)).isEqualTo(second.next(bound));
    }

    @Test
    void refusesABoundBelowOne() {
        assertThatThrownBy(() -> new SplitMix64(0).next(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("bound is 0, expected at least 1");
    }

    /** Runs the generator backwards. */
    private static long seedWhoseFirstBitsAre(long bits) {
        long z = unshift(bits, 31) * inverse(0x94D049BB133111EBL);
        z = unshift(z, 27) * inverse(0xBF58476D1CE4E5B9L);
        return unshift(z, 30) - GOLDEN_GAMMA;
    }

    private static long unshift(long shifted, int by) {
        return shifted ^ (shifted >>> by) ^ (shifted >>> (2 * by));
    }

    private static long inverse(long odd) {
        return BigInteger.valueOf(odd).modInverse(BigInteger.ONE.shiftLeft(64)).longValue();
    }
}
