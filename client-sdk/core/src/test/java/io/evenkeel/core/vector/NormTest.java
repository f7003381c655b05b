package io.evenkeel.core.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class NormTest {

    @Test
    void isTheRootOfTheSumOfSquares() {
        assertThat(Norm.l2(new double[] {3, -4})).isEqualTo(5);
        assertThat(Norm.l2(new double[] {100, 3, -4, 100}, 1, 3)).isEqualTo(5);
    }

    @Test
    void isZeroForEmptyVectorsAndZeros() {
        assertThat(Norm.l2(new double[0])).isZero();
        assertThat(Norm.l2(new double[] {0, -0.0})).isZero();
        assertThat(Norm.l2(new double[] {1}, 1, 1)).isZero();
    }

    @Test
    void isExactForSquaresBeyondTheRangeOfDoubles() {
        assertThat(Norm.l2(new double[] {3e307, 4e307})).isCloseTo(5e307, within(1e293));
        assertThat(Norm.l2(new double[] {-Double.MAX_VALUE, 0})).isEqualTo(Double.MAX_VALUE);
        assertThat(Norm.l2(new double[] {Double.MAX_VALUE, Double.MIN_VALUE})).isEqualTo(Double.MAX_VALUE);
        assertThat(Norm.l2(new double[] {3e-200, 4e-200})).isCloseTo(5e-200, within(1e-214));
    }

    @Test
    void isExactForDenormalsOnly() {
        assertThat(Norm.l2(new double[] {Double.MIN_VALUE})).isEqualTo(Double.MIN_VALUE);
        assertThat(Norm.l2(new double[] {3 * Double.MIN_VALUE, 4 * Double.MIN_VALUE}))
                .isEqualTo(5 * Double.MIN_VALUE);
        double[] many = new double[10_000];
        Arrays.fill(many, Double.MIN_VALUE);
        assertThat(Norm.l2(many)).isEqualTo(100 * Double.MIN_VALUE);
    }

    @Test
    void isInfiniteOnlyIfTheTrueNormIsBeyondDoubles() {
        assertThat(Norm.l2(new double[] {Double.MAX_VALUE, Double.MAX_VALUE})).isInfinite();
        assertThat(Norm.l2(new double[] {Double.NEGATIVE_INFINITY, 1})).isInfinite();
    }

    @Test
    void isNaNForAVectorWithNaN() {
        assertThat(Norm.l2(new double[] {1, Double.NaN})).isNaN();
        assertThat(Norm.l2(new double[] {Double.NaN, Double.POSITIVE_INFINITY})).isNaN();
    }

    @Property
    void agreesWithExactArithmetic(@ForAll("anyFinite") double[] v) {
        BigDecimal sum = BigDecimal.ZERO;
        for (double value : v) {
            sum = sum.add(new BigDecimal(value).pow(2));
        }
        double exact = sum.sqrt(new MathContext(40)).doubleValue();
        assertThat(Norm.l2(v)).isCloseTo(exact, within(Math.max(exact * 1e-14, Double.MIN_VALUE)));
    }

    @Provide
    Arbitrary<double[]> anyFinite() {
        Arbitrary<Double> bits =
                Arbitraries.longs().map(Double::longBitsToDouble).filter(Double::isFinite);
        Arbitrary<Double> denormals =
                Arbitraries.longs().between(0, (1L << 52) - 1).map(Double::longBitsToDouble);
        Arbitrary<Double> huge = Arbitraries.doubles().between(1e307, 5e307);
        Arbitrary<Double> ordinary = Arbitraries.doubles().between(-1, 1);
        return Arbitraries.of(
                        List.of(bits, denormals, huge, ordinary, Arbitraries.oneOf(bits, denormals, huge, ordinary)))
                .flatMap(values -> values.array(double[].class).ofMaxSize(8));
    }
}
