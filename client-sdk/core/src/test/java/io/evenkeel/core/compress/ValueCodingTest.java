package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ValueCodingTest {

    private static double[] rounded(ValueCoding coding, double... values) {
        double[] copy = values.clone();
        coding.round(copy);
        return copy;
    }

    private static double one(ValueCoding coding, double value) {
        return rounded(coding, value)[0];
    }

    @Test
    void idsAndTextsArePermanent() {
        assertThat(Stream.of(ValueCoding.values()).map(c -> c.id() + " " + c.text()))
                .containsExactly(
                        "0 float32",
                        "1 float64",
                        "2 bf16",
                        "3 natural",
                        "4 sign",
                        "5 log:4",
                        "6 log:5",
                        "7 log:6",
                        "8 log:7",
                        "9 log:8");
    }

    @Test
    void float64LeavesEveryBit() {
        double[] values = {0.1, -0.0, Double.MIN_VALUE, -Double.MAX_VALUE};
        assertThat(rounded(ValueCoding.FLOAT64, values)).isEqualTo(values);
    }

    @Test
    void float32RoundsToTheNearestAndTiesToEven() {
        assertThat(one(ValueCoding.FLOAT32, 0.1)).isEqualTo(0.1f);
        assertThat(one(ValueCoding.FLOAT32, 1 + 0x1.0p-24)).isEqualTo(1);
        assertThat(one(ValueCoding.FLOAT32, 1 + 0x1.8p-23)).isEqualTo(1 + 0x1.0p-22);
    }

    @Test
    void float32KeepsDenormalsDownToHalfOfTheSmallestOne() {
        assertThat(one(ValueCoding.FLOAT32, 0x1.4p-148)).isEqualTo(0x1.0p-148);
        assertThat(one(ValueCoding.FLOAT32, 0x1.000001p-150)).isEqualTo(Float.MIN_VALUE);
        assertThat(one(ValueCoding.FLOAT32, -0x1.0p-150)).isEqualTo(-0.0);
    }

    @Test
    void float32SaturatesInsteadOfBecomingInfinite() {
        assertThat(rounded(ValueCoding.FLOAT32, 1e300, -1e39, 3.4028235677973366e38))
                .containsExactly(Float.MAX_VALUE, -Float.MAX_VALUE, Float.MAX_VALUE);
    }

    @Test
    void zerosKeepTheirSignInFloats() {
        assertThat(rounded(ValueCoding.FLOAT32, 0.0, -0.0)).containsExactly(0.0, -0.0);
        assertThat(rounded(ValueCoding.BF16, 0.0, -0.0)).containsExactly(0.0, -0.0);
    }

    @Test
    void bf16RoundsOnceToTheNearestAndTiesToEven() {
        assertThat(one(ValueCoding.BF16, 1 + 0x1.0p-8)).isEqualTo(1);
        assertThat(one(ValueCoding.BF16, 1 + 0x1.8p-7)).isEqualTo(1 + 0x1.0p-6);
        assertThat(one(ValueCoding.BF16, 1 + 0x1.0p-8 + 0x1.0p-40))
                .as("a float32 in between would lose the 2^-40 and tie down")
                .isEqualTo(1 + 0x1.0p-7);
        assertThat(one(ValueCoding.BF16, -1.999)).isEqualTo(-2);
    }

    @Test
    void bf16KeepsDenormalsDownToHalfOfTheSmallestOne() {
        assertThat(one(ValueCoding.BF16, 0x1.8p-132)).isEqualTo(0x1.8p-132);
        assertThat(one(ValueCoding.BF16, 0x1.4p-133)).isEqualTo(0x1.0p-133);
        assertThat(one(ValueCoding.BF16, 0x1.0p-134)).isZero();
        assertThat(one(ValueCoding.BF16, Double.MIN_VALUE)).isZero();
        assertThat(one(ValueCoding.BF16, 0x1.FFp-127)).isEqualTo(0x1.0p-126);
    }

    @Test
    void bf16SaturatesInsteadOfBecomingInfinite() {
        assertThat(rounded(ValueCoding.BF16, 0x1.FFp127, -0x1.0p128, Double.MAX_VALUE, -0x1.FEp127))
                .containsExactly(0x1.FEp127, -0x1.FEp127, 0x1.FEp127, -0x1.FEp127);
    }

    @Property
    void bf16RoundsToTheCloserNeighbour(@ForAll("bf16Range") double value) {
        float truncated = Float.intBitsToFloat(Float.floatToRawIntBits(towardsZero(value)) & 0xFFFF0000);
        float away = Float.intBitsToFloat(Float.floatToRawIntBits(truncated) + 0x10000);
        double down = Math.abs(value) - Math.abs((double) truncated);
        double up = Math.abs((double) away) - Math.abs(value);
        boolean even = (Float.floatToRawIntBits(truncated) & 0x10000) == 0;
        double expected = down < up || (down == up && even) ? truncated : away;
        assertThat(one(ValueCoding.BF16, value)).isEqualTo(expected);
    }

    private static float towardsZero(double value) {
        float nearest = (float) value;
        return Math.abs((double) nearest) > Math.abs(value)
                ? Float.intBitsToFloat(Float.floatToRawIntBits(nearest) - 1)
                : nearest;
    }

    @Provide
    Arbitrary<Double> bf16Range() {
        Arbitrary<Double> any = Arbitraries.integers().map(bits -> (double) Float.intBitsToFloat(bits));
        Arbitrary<Double> nudge = Arbitraries.of(1.0, 1 + 0x1.0p-52, 1 - 0x1.0p-53, 1 + 0x1.0p-8, 1 + 0x1.0p-30);
        Arbitrary<Double> denormal =
                Arbitraries.doubles().between(-1, 1).ofScale(15).map(x -> x * 0x1.0p-125);
        return Arbitraries.oneOf(any.flatMap(x -> nudge.map(n -> x * n)), denormal)
                .filter(x -> Math.abs(x) < 0x1.FEp127);
    }

    @Test
    void naturalIsTheNearestPowerOfTwoAndTiesToTheSmaller() {
        assertThat(rounded(ValueCoding.NATURAL, 1, 1.5, 1.5000000001, -3, -3.1, 0.7, 0))
                .containsExactly(1, 1, 2, -2, -4, 0.5, 0);
    }

    @Test
    void naturalOfANegativeZeroIsZero() {
        assertThat(one(ValueCoding.NATURAL, -0.0)).isEqualTo(0.0);
    }

    @Test
    void naturalCoversAllPowersOfTwoOfADouble() {
        assertThat(one(ValueCoding.NATURAL, -Double.MIN_VALUE)).isEqualTo(-Double.MIN_VALUE);
        assertThat(one(ValueCoding.NATURAL, 3 * Double.MIN_VALUE)).isEqualTo(2 * Double.MIN_VALUE);
        assertThat(one(ValueCoding.NATURAL, 7 * Double.MIN_VALUE)).isEqualTo(8 * Double.MIN_VALUE);
        assertThat(one(ValueCoding.NATURAL, 0x1.Fp-1023)).isEqualTo(0x1.0p-1022);
        assertThat(one(ValueCoding.NATURAL, Double.MAX_VALUE)).isEqualTo(0x1.0p1023);
    }

    @Test
    void naturalDistinguishes127ExponentsAndDropsSmallerValues() {
        assertThat(rounded(ValueCoding.NATURAL, 0x1.9p3, 0x1.0p-122, 0x1.7p-123, 0x1.9p-123))
                .containsExactly(16, 0x1.0p-122, 0, 0x1.0p-122);
        assertThat(rounded(ValueCoding.NATURAL, 0x1.0p-1000, -Double.MIN_VALUE))
                .as("nothing to drop this low")
                .containsExactly(0x1.0p-1000, -Double.MIN_VALUE);
    }

    @Test
    void signIsTheMeanMagnitudeWithTheSigns() {
        assertThat(rounded(ValueCoding.SIGN, 1, -3, 0.5, -1.5)).containsExactly(1.5, -1.5, 1.5, -1.5);
    }

    @Test
    void signCountsAZeroAsPositive() {
        assertThat(rounded(ValueCoding.SIGN, -4, 0, -0.0, 4)).containsExactly(-2, 2, 2, 2);
        assertThat(rounded(ValueCoding.SIGN, 0, 0)).containsExactly(0, 0);
    }

    @Test
    void signOfNoValuesIsEmpty() {
        assertThat(rounded(ValueCoding.SIGN)).isEmpty();
    }

    @Test
    void signRoundsItsScaleToFloat32() {
        assertThat(rounded(ValueCoding.SIGN, 0.1, -0.1)).containsExactly(0.1f, -0.1f);
        assertThat(rounded(ValueCoding.SIGN, Double.MAX_VALUE, -Double.MAX_VALUE))
                .containsExactly(Float.MAX_VALUE, -Float.MAX_VALUE);
        assertThat(rounded(ValueCoding.SIGN, 0x1.8p-149, Double.MIN_VALUE))
                .containsExactly(Float.MIN_VALUE, Float.MIN_VALUE);
    }

    @Property
    void roundingIsIdempotent(@ForAll ValueCoding coding, @ForAll("finite") double[] values) {
        double[] once = rounded(coding, values);
        assertThat(rounded(coding, once)).isEqualTo(once);
    }

    @Property
    void roundingKeepsValuesFiniteAndTheirSigns(@ForAll ValueCoding coding, @ForAll("finite") double[] values) {
        double[] result = rounded(coding, values);
        for (int j = 0; j < values.length; j++) {
            assertThat(result[j]).isFinite();
            assertThat(result[j] * Math.signum(values[j]) >= 0).isTrue();
        }
    }

    @Property
    void eachErrorIsWithinTheStatedBounds(@ForAll("finite") double[] values) {
        for (ValueCoding coding : EnumSet.complementOf(EnumSet.of(ValueCoding.SIGN))) {
            for (double value : values) {
                if (Math.abs(value) <= coding.largest()) {
                    double relative = Math.abs(value) * coding.relativeError() * (1 + 1e-15);
                    assertThat(Math.abs(one(coding, value) - value))
                            .as("%s of %s", coding, value)
                            .isLessThanOrEqualTo(Math.max(relative, coding.absoluteError()));
                }
            }
        }
    }

    @Property
    void valuesBeyondTheRangeSaturate(@ForAll("finite") double[] values) {
        for (ValueCoding coding : Arrays.asList(ValueCoding.FLOAT32, ValueCoding.BF16, ValueCoding.NATURAL)) {
            for (double value : values) {
                if (Math.abs(value) > coding.largest()) {
                    assertThat(Math.abs(one(coding, value)))
                            .isLessThan(Math.abs(value))
                            .isPositive();
                }
            }
        }
    }

    @Provide
    Arbitrary<double[]> finite() {
        return Vectors.dimensions(12).flatMap(Vectors::any);
    }
}
