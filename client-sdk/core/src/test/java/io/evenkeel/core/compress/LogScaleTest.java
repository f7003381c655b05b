package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.vector.TensorLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LogScaleTest {

    @ParameterizedTest
    @CsvSource({"LOG4, 2, 0.17158", "LOG5, 4, 0.08643", "LOG6, 8, 0.04330", "LOG7, 16, 0.02166", "LOG8, 32, 0.01083"})
    void dividesAnOctaveIntoEqualRatios(ValueCoding coding, int levelsAnOctave, double relativeError) {
        LogScale scale = LogScale.of(coding);

        assertThat(scale.levels()).isEqualTo(32 * levelsAnOctave);
        assertThat(coding.relativeError()).isCloseTo(relativeError, within(1e-5));
        for (int level = 0; level < scale.levels(); level++) {
            assertThat(scale.magnitude(level, 3))
                    .isCloseTo(3 * StrictMath.pow(2, -(double) level / levelsAnOctave), within(1e-15));
        }
    }

    @ParameterizedTest
    @EnumSource(value = ValueCoding.class, names = "LOG.", mode = EnumSource.Mode.MATCH_ALL)
    void findsEachLevelAndRoundsToTheNearest(ValueCoding coding) {
        LogScale scale = LogScale.of(coding);
        for (int level = 0; level < scale.levels(); level++) {
            double magnitude = scale.magnitude(level, 0.1f);
            double next = scale.magnitude(level + 1, 0.1f);
            double border = level + 1 < scale.levels() ? (magnitude + next) / 2 : magnitude / 4;
            assertThat(scale.level(magnitude, 0.1f)).isEqualTo(level);
            if (level + 1 < scale.levels()) {
                assertThat(scale.level(border * (1 + 1e-14), 0.1f)).isEqualTo(level);
            }
            assertThat(scale.level(border * (1 - 1e-14), 0.1f)).isEqualTo(level + 1);
        }
    }

    @Test
    void theWorstValueHasTheStatedError() {
        LogScale scale = LogScale.of(ValueCoding.LOG4);
        double border = (1 + scale.magnitude(1, 1)) / 2;
        Compressor compressor = CompressorSpec.parse("identity+log:4").bind(TensorLayout.flat(2));

        double sent = compressor
                .compress(new double[] {1, border * (1 - 1e-15)}, null, 0)
                .value(1);

        assertThat((border - sent) / border).isCloseTo(ValueCoding.LOG4.relativeError(), within(1e-14));
    }

    @Test
    void roundsASubnormalLargestMagnitudeToTheNearestFloat() {
        // 0.6 times the smallest float32 is nearer to a lower level than to the float32 that it rounds to.
        double[] values = {0.6 * Float.MIN_VALUE, -0.2 * Float.MIN_VALUE};
        CompressedVector sent = CompressorSpec.parse("identity+log:8")
                .bind(TensorLayout.flat(2))
                .compress(values, null, 0);

        assertThat(sent.value(0)).isEqualTo(Float.MIN_VALUE);
        assertThat(sent.value(1)).isCloseTo(values[1], within(0.011 * 0.2 * Float.MIN_VALUE));
        assertThat(FrameCodec.decode(FrameCodec.encode(sent), FrameLimits.of(2)).value(0))
                .isEqualTo(Float.MIN_VALUE);
    }

    @Test
    void keepsTheLargestMagnitudeAndDropsMagnitudes32OctavesBelow() {
        double[] values = {-0.1f, 0x1.0p-40, -0x1.0p-40, 0.0, -0.0};

        ValueCoding.LOG6.round(values);

        assertThat(values).containsExactly(-0.1f, 0.0, -0.0, 0.0, -0.0);
    }

    @Test
    void saturatesInsteadOfBecomingInfiniteAndVanishesBelowFloat32() {
        double[] large = {1e300, -1e300, 1};
        double[] small = {0x1.0p-150, -0x1.0p-151};

        ValueCoding.LOG5.round(large);
        ValueCoding.LOG5.round(small);

        assertThat(large).containsExactly(Float.MAX_VALUE, -Float.MAX_VALUE, 0);
        assertThat(small).containsExactly(0.0, -0.0);
    }

    @Test
    void existsForLogCodingsOnly() {
        assertThatThrownBy(() -> LogScale.of(ValueCoding.BF16))
                .hasMessage("bf16 has no levels: only log:4 to log:8 have");
    }
}
