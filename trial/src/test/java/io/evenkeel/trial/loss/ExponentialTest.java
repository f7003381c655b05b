package io.evenkeel.trial.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.SplitMix64;
import org.junit.jupiter.api.Test;

class ExponentialTest {

    @Test
    void isWithinTwoUnitsOfTheLastPlace() {
        SplitMix64 random = new SplitMix64(1);
        for (int i = 0; i < 200_000; i++) {
            double x = -StrictMath.pow(2, 10 - 40 * random.nextDouble());
            double expected = StrictMath.exp(x);
            assertThat(Math.abs(Exponential.ofNonPositive(x) - expected)).isLessThanOrEqualTo(2 * Math.ulp(expected));
        }
    }

    @Test
    void isExactAtTheEnds() {
        assertThat(Exponential.ofNonPositive(0)).isEqualTo(1);
        assertThat(Exponential.ofNonPositive(-0.0)).isEqualTo(1);
        assertThat(Exponential.ofNonPositive(-1e-300)).isEqualTo(1);
        assertThat(Exponential.ofNonPositive(-800)).isZero();
        assertThat(Exponential.ofNonPositive(Double.NEGATIVE_INFINITY)).isZero();
        assertThat(Exponential.ofNonPositive(Double.NaN)).isNaN();
        assertThat(Exponential.ofNonPositive(-744)).isEqualTo(StrictMath.exp(-744));
    }

    @Test
    void sumsLogarithmsAsIfOneByOne() {
        SplitMix64 random = new SplitMix64(2);
        LogSum sum = new LogSum();
        double expected = 0;
        for (int i = 0; i < 10_000; i++) {
            double factor = 1 + random.nextDouble();
            sum.add(factor);
            expected += StrictMath.log(factor);
        }
        assertThat(sum.total()).isCloseTo(expected, within(1e-10));
        sum.reset();
        assertThat(sum.total()).isZero();
    }
}
