package io.evenkeel.engine.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DeviceFractionTest {

    private static final int DEVICES = 20_000;
    private static final int BINS = 16;

    /** The 99.9999th percentile of chi-squared with 15 degrees of freedom is 56.5; with 255 it is 374. */
    private static final double LIMIT_ONE = 57;

    private static final double LIMIT_TWO = 375;

    /**
     * Computed with Python: int.from_bytes(hashlib.sha256(b"seed\0a1b2c3d4e5f6").digest()[:8], "big") >> 11,
     * times 2**-53.
     */
    @Test
    void aFractionNeverChanges() {
        assertThat(DeviceFraction.of("seed", "a1b2c3d4e5f6")).isEqualTo(0.26451161126203193);
        assertThat(DeviceFraction.of("größe", "a1b2c3d4e5f6")).isEqualTo(0.3416817609087013);
    }

    @Test
    void aSeedThatCouldRunIntoTheIdIsRefused() {
        assertThatThrownBy(() -> DeviceFraction.of("a\0", "b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 40)
    void fractionsAreUniform(@ForAll("seeds") String seed) {
        int[] counts = new int[BINS];
        for (int i = 0; i < DEVICES; i++) {
            double fraction = DeviceFraction.of(seed, id(i));
            assertThat(fraction).isGreaterThanOrEqualTo(0).isLessThan(1);
            counts[(int) (fraction * BINS)]++;
        }
        assertThat(chiSquared(counts)).isLessThan(LIMIT_ONE);
    }

    @Property(tries = 40)
    void fractionsOfTwoSeedsAreIndependent(@ForAll("seeds") String one, @ForAll("seeds") String other) {
        Assume.that(!one.equals(other));
        int[] counts = new int[BINS * BINS];
        for (int i = 0; i < DEVICES; i++) {
            int row = (int) (DeviceFraction.of(one, id(i)) * BINS);
            counts[row * BINS + (int) (DeviceFraction.of(other, id(i)) * BINS)]++;
        }
        assertThat(chiSquared(counts)).isLessThan(LIMIT_TWO);
    }

    @Provide
    Arbitrary<String> seeds() {
        return Arbitraries.strings().alpha().numeric().ofMinLength(0).ofMaxLength(20);
    }

    private static String id(int i) {
        return "device-" + i;
    }

    private static double chiSquared(int[] counts) {
        double expected = (double) DEVICES / counts.length;
        double sum = 0;
        for (int count : counts) {
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }
}
