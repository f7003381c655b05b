package io.evenkeel.core.downlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceModelTest {

    private static final TensorLayout LAYOUT =
            TensorLayout.of(List.of(new Tensor("a", List.of(30)), new Tensor("b", List.of(4, 5))));
    private static final int D = LAYOUT.dimension();

    /** Half the spacing of adjacent float32 values, relative to their magnitude. */
    private static final double ROUNDING = 0x1.0p-24;

    @Property(tries = 300)
    void itsDistanceFromAFixedModelContractsAsTheTheorySays(@ForAll("contractive") String text, @ForAll Random random) {
        Compressor compressor = DeviceModel.compressor(text, LAYOUT);
        double contraction = Math.sqrt(1 - compressor.alpha().orElseThrow());
        DeviceModel devices = DeviceModel.start(compressor, 7, vector(random));
        double[] x = vector(random);
        for (int round = 0; round < 20; round++) {
            double before = Norm.distance(devices.w(), x);
            devices.follow(x, round);
            assertThat(Norm.distance(devices.w(), x))
                    .isLessThanOrEqualTo(contraction * before + ROUNDING * Norm.l2(devices.w()) + 1e-12 * before);
        }
    }

    @Property(tries = 50)
    void drawnCoordinatesEventuallyReachAFixedModel(@ForAll Random random) {
        DeviceModel devices = DeviceModel.start(compressor("rand-k:0.2"), random.nextLong(), vector(random));
        double[] x = vector(random);
        for (int round = 0; round < 300; round++) {
            devices.follow(x, round);
        }
        assertThat(Norm.distance(devices.w(), x)).isLessThanOrEqualTo(2 * ROUNDING * Norm.l2(x));
    }

    @Property(tries = 300)
    void withoutLossItIsTheModelItself(@ForAll Random random) {
        DeviceModel devices = DeviceModel.start(compressor("identity+float64"), 7, vector(random));
        double[] x = vector(random);
        Arrays.setAll(x, j -> (float) x[j]);
        double[] before = devices.w().clone();
        devices.follow(x, 0);
        for (int j = 0; j < D; j++) {
            // x - w is a double, which loses low-order bits of x if x is much smaller than w.
            double lost = Math.scalb(before[j], -51);
            boolean isExact = Math.abs(lost) < Math.scalb(Math.abs(x[j]), -25);
            assertThat(devices.w()[j]).isCloseTo(x[j], within(isExact ? 0 : 4 * Math.abs(lost)));
        }
    }

    @Property(tries = 300)
    void devicesGetItsBitsFromTheMessages(@ForAll("any") String text, @ForAll Random random) {
        DeviceModel devices = DeviceModel.start(compressor(text), 7, vector(random));
        float[] replica = floats(devices.w());
        DeviceModel restored = new DeviceModel(compressor(text), 7, devices.w().clone());
        for (int round = 3; round < 8; round++) {
            CompressedVector delta = devices.follow(vector(random), round);
            DeviceModel.repeat(delta, replica);
            restored.repeat(delta);
        }
        assertThat(bits(replica)).isEqualTo(bits(floats(devices.w())));
        assertThat(restored.w()).containsExactly(devices.w());
        for (double value : devices.w()) {
            assertThat((double) (float) value).isEqualTo(value);
        }
    }

    @Test
    void drawsDifferentCoordinatesEachRoundReproducibly() {
        double[] x = vector(new Random(1));
        Support first = start("rand-k:3").follow(x, 0).support();
        assertThat(indices(start("rand-k:3").follow(x, 0).support())).isEqualTo(indices(first));
        assertThat(indices(start("rand-k:3").follow(x, 1).support())).isNotEqualTo(indices(first));
    }

    @Test
    void saturatesBeyondFloat32() {
        double[] x = new double[D];
        x[0] = 1e300;
        x[1] = -Double.MAX_VALUE;
        DeviceModel devices = DeviceModel.start(compressor("identity+float64"), 0, x);
        assertThat(devices.w()[0]).isEqualTo(Float.MAX_VALUE);
        devices.follow(x, 0);
        assertThat(devices.w()[0]).isEqualTo(Float.MAX_VALUE);
        assertThat(devices.w()[1]).isEqualTo(-Float.MAX_VALUE);
    }

    @Test
    void roundsTheSumOnceToNearestEven() {
        DeviceModel devices = start("identity+float64");
        double[] x = new double[D];
        x[0] = 1 + 0x1.0p-24;
        x[1] = 1 + 0x3.0p-24;
        devices.follow(x, 0);
        assertThat(devices.w()[0]).isEqualTo(1);
        assertThat(devices.w()[1]).isEqualTo(1 + 0x1.0p-22);
        assertThat(x[0] - devices.w()[0]).as("what is left is sent later").isCloseTo(0x1.0p-24, within(0.0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"threshold:0.5", "threshold:1+sign"})
    void refusesCompressorsWithoutAContractionFactor(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> compressor(text))
                .withMessageContaining("'threshold:")
                .withMessageContaining("no contraction factor");
    }

    @Test
    void refusesOtherDimensions() {
        CompressedVector other = new CompressedVector(new Support.All(1), ValueCoding.FLOAT32, new double[1]);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> start("identity").repeat(other))
                .withMessageContaining("1 coordinates, expected 50");
        assertThatIllegalArgumentException().isThrownBy(() -> DeviceModel.repeat(other, new float[D]));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DeviceModel(compressor("identity"), 0, new double[2]))
                .withMessageContaining("w has 2 values, expected 50");
    }

    @Provide
    Arbitrary<String> contractive() {
        return Arbitraries.of(
                "identity",
                "identity+natural",
                "top-k:0.1",
                "top-k:1+sign",
                "top-k:0.3+natural",
                "block-top-k:7:2+bf16",
                "layer-top-k:0.2+log:5");
    }

    @Provide
    Arbitrary<String> any() {
        return Arbitraries.oneOf(contractive(), Arbitraries.of("rand-k:0.2+natural", "identity+float64", "sign"));
    }

    private static DeviceModel start(String text) {
        return DeviceModel.start(compressor(text), 0, new double[D]);
    }

    private static Compressor compressor(String text) {
        return DeviceModel.compressor(text, LAYOUT);
    }

    /** Values of different magnitudes, with some zeros. */
    private static double[] vector(Random random) {
        double[] values = new double[D];
        Arrays.setAll(
                values, j -> random.nextInt(5) == 0 ? 0 : Math.scalb(random.nextGaussian(), random.nextInt(20) - 10));
        return values;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int j = 0; j < floats.length; j++) {
            floats[j] = (float) values[j];
        }
        return floats;
    }

    private static int[] bits(float[] values) {
        int[] bits = new int[values.length];
        Arrays.setAll(bits, j -> Float.floatToRawIntBits(values[j]));
        return bits;
    }

    private static int[] indices(Support support) {
        int[] indices = new int[support.count()];
        Arrays.setAll(indices, support::index);
        return indices;
    }
}
