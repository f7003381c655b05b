package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FixedPointTest {

    @Property
    void isOffByHalfAUnitWithinTheLimit(
            @ForAll @DoubleRange(min = -100, max = 100) double value,
            @ForAll @IntRange(min = -40, max = 0) int exponent) {
        FixedPoint coding = new FixedPoint(exponent, 100);
        double decoded = coding.decode(coding.encode(value));
        if (Math.abs(value) <= coding.largest()) {
            assertThat(Math.abs(decoded - value)).isLessThanOrEqualTo(Math.scalb(0.5, exponent));
        } else {
            assertThat(decoded).isEqualTo(Math.copySign(coding.largest(), value));
        }
    }

    @Property
    void aCohortOfTheLargestValuesDoesNotOverflow(
            @ForAll @IntRange(min = 1, max = 1_000_000) int totalWeight, @ForAll boolean negative) {
        FixedPoint coding = new FixedPoint(-20, totalWeight);
        long q = coding.encode(negative ? -Double.MAX_VALUE : Double.MAX_VALUE);
        assertThat((int) (q * totalWeight)).isEqualTo(q * totalWeight);
        assertThat(Math.abs(q)).isEqualTo(Integer.MAX_VALUE / totalWeight);
    }

    @Test
    void refusesUnitsAndWeightsOutOfRange() {
        assertThatThrownBy(() -> new FixedPoint(1, 10)).hasMessageContaining("exponent is 1");
        assertThatThrownBy(() -> new FixedPoint(-1023, 10)).hasMessageContaining("exponent is -1023");
        assertThatThrownBy(() -> new FixedPoint(0, 0)).hasMessageContaining("totalWeight is 0");
        assertThatThrownBy(() -> new FixedPoint(0, 1L << 31)).hasMessageContaining("totalWeight is 2147483648");
    }
}
