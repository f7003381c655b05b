package io.evenkeel.trial.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.trial.result.ArmSummary.Spread;
import io.evenkeel.trial.result.Comparison.Paired;
import org.junit.jupiter.api.Test;

class PairedTestTest {

    @Test
    void findsTheMeanDifferenceAndItsInterval() {
        Paired test = PairedTest.of("x", false, new double[] {2, 4, 7}, new double[] {1, 2, 3});
        // Differences 1, 2, 4: mean 7/3, standard deviation sqrt(7/3), t(2) = 4.302653.
        double reach = 4.30265272991 * Math.sqrt(7.0 / 3 / 3);
        assertThat(test.estimate()).isCloseTo(7.0 / 3, within(1e-12));
        assertThat(test.low()).isCloseTo(7.0 / 3 - reach, within(1e-9));
        assertThat(test.high()).isCloseTo(7.0 / 3 + reach, within(1e-9));
        assertThat(test.pValue()).isCloseTo(0.1181, within(5e-5));
    }

    @Test
    void comparesRatiosByTheirLogarithms() {
        Paired test = PairedTest.of("x", true, new double[] {2, 8}, new double[] {1, 2});
        assertThat(test.estimate()).isCloseTo(Math.sqrt(8), within(1e-12));
    }

    @Test
    void leavesOutPairsWithAFigureMissing() {
        double never = Double.POSITIVE_INFINITY;
        Paired test = PairedTest.of("x", true, new double[] {3, never, 5}, new double[] {1, 2, never});
        assertThat(test.pairs()).isEqualTo(1);
        assertThat(test.estimate()).isCloseTo(3, within(1e-12));
        assertThat(test.pValue()).isNull();
    }

    @Test
    void doesNotTestPairsThatAllDifferEqually() {
        assertThat(PairedTest.of("x", false, new double[] {2, 2}, new double[] {1, 1})
                        .pValue())
                .isNull();
    }

    @Test
    void countsUnreachedTargetsAsInfinite() {
        double never = Double.POSITIVE_INFINITY;
        Spread spread = Spreads.of(new double[] {5, 3, never, 4, 6});
        assertThat(spread.median()).isEqualTo(5);
        assertThat(spread.known()).isEqualTo(4);
        assertThat(spread.low()).isEqualTo(3);
        assertThat(spread.high()).isNull();
        assertThat(Spreads.of(new double[] {1, never, never}).median()).isNull();
        assertThat(Spreads.of(new double[] {7, 9})).isEqualTo(new Spread(8.0, null, null, 2));
    }
}
