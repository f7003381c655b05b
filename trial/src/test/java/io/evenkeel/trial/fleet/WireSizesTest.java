package io.evenkeel.trial.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.vector.TensorLayout;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WireSizesTest {

    private static Compressor bound(String text, int dimension) {
        return CompressorSpec.parse(text).bind(TensorLayout.flat(dimension));
    }

    /** The table of docs/BENCHMARKS.md. */
    @ParameterizedTest
    @CsvSource({
        "top-k:0.01, 269722, 13582",
        "top-k:0.01+bf16, 269722, 8188",
        "top-k:0.01+log:5, 269722, 3598",
        "top-k:0.01, 11173962, 560273",
        "top-k:111740+log:5, 11173962, 146236",
    })
    void aMessageIsAsLongAsAMeasuredOne(String compressor, int dimension, long bytes) {
        assertThat(WireSizes.message(bound(compressor, dimension))).isCloseTo(bytes, Percentage.withPercentage(0.5));
    }

    @Test
    void aLargeModelIsEncodedInProportion() {
        int large = 4 * WireSizes.MAX_ENCODED;
        assertThat(WireSizes.message(bound("top-k:0.001", large)))
                .isCloseTo(4 * WireSizes.message(bound("top-k:0.001", large / 4)), within(200L));
        assertThat(WireSizes.message(bound("block-top-k:64:1000", large))).isBetween(64_000L * 4, 66_000L * 4);
        assertThat(WireSizes.message(bound("identity", large))).isCloseTo(4L * large, within(1000L));
    }

    /** The sizes measured in a coordinator's rounds, with clients whose coordinates overlap only by chance. */
    @Test
    void anUpdateHasTheCoordinatesThatSomeMessageChanged() {
        assertThat(WireSizes.update(269_722, 2_697, 1)).isCloseTo(24_400, Percentage.withPercentage(3));
        assertThat(WireSizes.update(269_722, 2_697, 30)).isCloseTo(590_000, Percentage.withPercentage(3));
        assertThat(WireSizes.update(269_722, 2_697, 10_000)).isCloseTo(8 * 269_722, within(100L));
        assertThat(WireSizes.delta(bound("top-k:0.01+log:5", 100_000))).isCloseTo(1372, within(20L));
    }
}
