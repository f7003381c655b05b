package io.evenkeel.core.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the noise that the coordinator adds to the sum. */
class NoiseOfSumTest {

    private static NoiseGrid grid(String mechanism, String compressor) {
        return GaussianMechanism.parse(mechanism).grid(CompressorSpec.parse(compressor), NoiseAdder.COORDINATOR);
    }

    private static CompressedVector sent(String mechanism, String compressor, double[] values) {
        CompressorSpec spec = CompressorSpec.parse(compressor);
        return spec.bind(TensorLayout.flat(values.length))
                .releasing(GaussianMechanism.parse(mechanism).withoutNoise(spec))
                .compress(values, null, 3);
    }

    @ParameterizedTest
    @CsvSource({
        "smoothed:1:0.7:3, 1e-6",
        "smoothed:0.001:0.7:3, 1",
        "smoothed:1:1e-30:0.01, 1e30",
        "clip:0.3:20, 1e300",
        "clip:1e30:10000, 1e-10",
        "clip:2:0.5, 1e308",
    })
    void messagesAreWithinTheBoundThatTheCoordinatorChecks(String mechanism, double scale) {
        for (String compressor : new String[] {"identity", "identity+float64", "rand-k:7"}) {
            NoiseGrid grid = grid(mechanism, compressor);
            assertThat((double) grid.deviation() / grid.bound())
                    .isGreaterThanOrEqualTo(GaussianMechanism.parse(mechanism).noiseMultiplier());
            SplitMix64 random = new SplitMix64(5);
            for (int i = 0; i < 50; i++) {
                double[] values = new double[20];
                Arrays.setAll(values, j -> scale * (random.nextDouble() - 0.5));
                CompressedVector message = sent(mechanism, compressor, values);
                for (int j = 0; j < message.count(); j++) {
                    assertThat(grid.contains(message.value(j))).isTrue();
                }
                assertThat(grid.bounds(message)).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "identity+float64"})
    void theBoundIsExact(String compressor) {
        NoiseGrid grid = grid("clip:1:2", compressor);
        double step = Math.scalb(1.0, grid.exponent());
        double bound = grid.bound() * step;
        assertThat(grid.bounds(vector(bound, 0))).isTrue();
        assertThat(grid.bounds(vector(0.6 * bound - 0.6 * bound % step, 0.8 * bound - 0.8 * bound % step)))
                .isTrue();
        assertThat(grid.bounds(vector(-bound, step))).isFalse();
        assertThat(grid.bounds(vector(bound + step, 0))).isFalse();
        assertThat(grid.bounds(vector(-1e300, 1e300))).isFalse();
    }

    @Property
    void theBoundMatchesBigIntegers(
            @ForAll @DoubleRange(min = 0.01, max = 1e9) double bound,
            @ForAll @DoubleRange(min = 0.01, max = 1e4) double multiplier,
            @ForAll boolean wide,
            @ForAll @Size(min = 1, max = 20) List<@LongRange(min = -(1 << 24), max = 1 << 24) Long> steps) {
        GaussianMechanism mechanism = new GaussianMechanism(new Normalization.Clip(), bound, multiplier);
        NoiseGrid grid =
                mechanism.grid(CompressorSpec.parse(wide ? "identity+float64" : "identity"), NoiseAdder.COORDINATOR);
        BigInteger squares = steps.stream()
                .map(BigInteger::valueOf)
                .map(step -> step.multiply(step))
                .reduce(BigInteger.ZERO, BigInteger::add);
        boolean within = squares.compareTo(BigInteger.valueOf(grid.bound()).pow(2)) <= 0;
        double[] values = steps.stream()
                .mapToDouble(step -> Math.scalb((double) step, grid.exponent()))
                .toArray();
        assertThat(grid.bounds(vector(values))).isEqualTo(within);
    }

    private static CompressedVector vector(double... values) {
        return new CompressedVector(new Support.All(values.length), ValueCoding.FLOAT64, values);
    }

    @ParameterizedTest
    @CsvSource({"clip:0.25:6, 1.5", "smoothed:1:1:100, 100"})
    void theNoiseHasTheDeviationThatTheMultiplierSaysAndIsNotCutOff(String mechanism, double deviation) {
        NoiseGrid grid = grid(mechanism, "identity");
        double[] noise = grid.noise(20_000, new DiscreteGaussian(DiscreteGaussianTest.seeded(4)));
        assertThat(Norm.l2(noise) / Math.sqrt((double) noise.length)).isCloseTo(deviation, within(0.03 * deviation));
        double[] huge = grid.noise(1, (steps, into) -> Arrays.fill(into, 1L << 40));
        assertThat(huge[0]).isEqualTo(Math.scalb(1.0, 40 + grid.exponent()));
    }

    @Test
    void theSumsGridIsFinerThanThatOfNoisyMessages() {
        GaussianMechanism mechanism = GaussianMechanism.parse("clip:1:20");
        assertThat(mechanism.grid(CompressorSpec.parse("identity")).exponent())
                .isEqualTo(grid("clip:1:20", "identity").exponent() + 4);
    }

    @Test
    void textsRoundTripAndOthersAreRefused() {
        for (NoiseAdder adder : NoiseAdder.values()) {
            assertThat(NoiseAdder.parse(adder.text())).isEqualTo(adder);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NoiseAdder.parse("server"))
                .withMessage("is 'server', expected device or coordinator");
    }
}
