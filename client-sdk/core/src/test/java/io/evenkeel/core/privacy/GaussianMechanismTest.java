package io.evenkeel.core.privacy;

import static io.evenkeel.core.privacy.NoiseSource.SILENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.feedback.ErrorFeedback;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianMechanismTest {

    private static double[] random(int d, long seed, double scale) {
        SplitMix64 random = new SplitMix64(seed);
        double[] values = new double[d];
        Arrays.setAll(values, j -> scale * (random.nextDouble() - 0.5));
        return values;
    }

    private static Compressor compressor(String text, String mechanism, int d, NoiseSource noise) {
        CompressorSpec spec = CompressorSpec.parse(text);
        return spec.bind(TensorLayout.flat(d))
                .releasing(GaussianMechanism.parse(mechanism).on(spec, noise));
    }

    @ParameterizedTest
    @CsvSource({
        "smoothed:1:0.7:3, 1e-6",
        "smoothed:0.001:0.7:3, 1",
        "smoothed:1:1e-30:0.01, 1e30",
        "clip:0.3:20, 1",
        "clip:0.3:20, 1e300",
        "clip:1e30:10000, 1e-10",
        "clip:2:0.5, 1e308",
        "smoothed:1e-30:1:10000, 1e-320",
    })
    void noMessageWithoutNoiseIsLongerThanTheGridsBound(String text, double scale) {
        GaussianMechanism mechanism = GaussianMechanism.parse(text);
        for (String compressor : new String[] {"identity", "identity+float64", "rand-k:7"}) {
            NoiseGrid grid = mechanism.grid(CompressorSpec.parse(compressor));
            assertThat(Math.scalb((double) grid.bound(), grid.exponent())).isLessThanOrEqualTo(mechanism.bound());
            assertThat((double) grid.deviation() / grid.bound()).isGreaterThanOrEqualTo(mechanism.noiseMultiplier());
            for (int seed = 0; seed < 50; seed++) {
                CompressedVector sent =
                        compressor(compressor, text, 20, SILENT).compress(random(20, seed, scale), null, seed);
                long sum = 0;
                for (int j = 0; j < sent.count(); j++) {
                    long steps = (long) Math.scalb(sent.value(j), -grid.exponent());
                    assertThat(grid.contains(sent.value(j))).isTrue();
                    sum += steps * steps;
                }
                assertThat(sum).isLessThanOrEqualTo(grid.bound() * grid.bound());
            }
        }
    }

    @Test
    void smoothedNormalizationScalesAndClippingLeavesShortVectors() {
        double[] u = {3, 4};
        CompressedVector smoothed =
                compressor("identity+float64", "smoothed:5:2:1", 2, SILENT).compress(u, null, 0);
        assertThat(smoothed.value(0)).isCloseTo(2 * 3 / 10.0, within(1e-6));
        CompressedVector clipped =
                compressor("identity+float64", "clip:10:1", 2, SILENT).compress(u, null, 0);
        assertThat(clipped.value(1)).isCloseTo(4, within(1e-6));
        CompressedVector cut =
                compressor("identity+float64", "clip:1:1", 2, SILENT).compress(u, null, 0);
        assertThat(cut.value(1)).isCloseTo(0.8, within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "identity+float64", "rand-k:0.5"})
    void noiseHasTheDeviationThatTheMultiplierSays(String text) {
        int d = 20_000;
        double[] zeros = new double[d];
        CompressedVector sent = compressor(text, "clip:0.25:6", d, new DiscreteGaussian(DiscreteGaussianTest.seeded(3)))
                .compress(zeros, null, 1);
        double[] values = new double[sent.count()];
        Arrays.setAll(values, sent::value);
        assertThat(Norm.l2(values) / Math.sqrt((double) values.length)).isCloseTo(1.5, within(0.04));
    }

    @Test
    void theMessageIsSentExactlyAndTheStateIncludesTheNoise() {
        int d = 50;
        Compressor compressor =
                compressor("identity", "smoothed:1:1:4", d, new DiscreteGaussian(DiscreteGaussianTest.seeded(9)));
        ErrorFeedback feedback = ErrorFeedback.start(FeedbackMethod.EF21, d);
        double[] sum = new double[d];
        for (int round = 0; round < 20; round++) {
            Staged staged = feedback.stage(random(d, round, 5), 1, compressor, round);
            FrameCodec.decode(FrameCodec.encode(staged.delta()), FrameLimits.of(d))
                    .addTo(sum, 1);
            feedback.commit(staged);
        }
        assertThat(feedback.vectors().get(0)).isEqualTo(sum);
        assertThat(Norm.l2(sum)).isGreaterThan(20);
    }

    @Test
    void valuesFarBeyondTheNoiseAreCutOff() {
        NoiseSource huge = (deviation, into) -> Arrays.fill(into, 1L << 40);
        CompressedVector sent = compressor("identity", "clip:1:1", 3, huge).compress(new double[3], null, 0);
        assertThat(sent.value(0)).isEqualTo(Math.scalb(1.0, 24 - 20));
    }

    @Test
    void hasNoContractionFactor() {
        assertThat(compressor("identity", "clip:1:1", 3, SILENT).alpha()).isEmpty();
    }

    @Test
    void theMultiplierIsOverTheDistanceOfNeighbours() {
        assertThat(GaussianMechanism.parse("clip:0.5:8").multiplier()).isEqualTo(4);
        GaussianMechanism calibrated = GaussianMechanism.calibrated(new Normalization.Clip(), 1, 8, 1e-6, 100);
        assertThat(RenyiAccountant.epsilon(calibrated.multiplier(), 100, 1e-6)).isBetween(7.99, 8.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"smoothed:1.0:0.5:8.0", "clip:0.5:8.0"})
    void textsRoundTrip(String text) {
        assertThat(GaussianMechanism.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @CsvSource({
        "clip:1, expected smoothed", "smooth:1:1:1, is not a normalization", "clip:0:1, the bound is 0.0",
        "clip:x:1, expected a number such as", "clip:1:0.001, the noise multiplier is 0.001",
                "clip:1:NaN, the noise multiplier is NaN",
        "smoothed:-1:1:1, the smoothing is -1.0", "clip:1:1:1, is not a normalization",
    })
    void badTextsAreRefusedWithTheWrongPart(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> GaussianMechanism.parse(text))
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "top-k:0.1, reveals information about the data", "layer-top-k:0.1, reveals information about the data",
                "block-top-k:4:0.5, reveals information about the data",
        "threshold:0.1, reveals information about the data", "identity+bf16, must travel exactly",
                "sign, must travel exactly",
    })
    void compressorsThatLookAtTheDataAreRefused(String text, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrivacyMechanism.requireSuited(CompressorSpec.parse(text)))
                .withMessageContaining(message);
    }

    @Test
    void ef14IsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PrivacyMechanism.requireSuited(FeedbackMethod.EF14))
                .withMessageContaining("adds up everything");
        PrivacyMechanism.requireSuited(FeedbackMethod.EF21_STORM);
        PrivacyMechanism.requireSuited(FeedbackMethod.NONE);
    }
}
