package io.evenkeel.pilot.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.SplitMix64;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

    /** Ratios uniform between 0 and l0 + l1 norm, with norms from 0 to 10. */
    private static Envelope.Fit drawn(double l0, double l1) {
        SplitMix64 random = new SplitMix64(3);
        double[] norms = new double[400];
        double[] ratios = new double[400];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = 10 * random.nextDouble();
            ratios[i] = (l0 + l1 * norms[i]) * random.nextDouble();
        }
        return Envelope.fit(norms, ratios);
    }

    @Test
    void findsTheLineThatNineteenOfTwentyLieBelow() {
        Envelope.Fit fit = drawn(2, 3);
        assertThat(fit.l0()).isCloseTo(0.95 * 2, within(0.8));
        assertThat(fit.l1()).isCloseTo(0.95 * 3, within(0.3));
        assertThat(fit.l1Low()).isLessThan(fit.l1());
        assertThat(fit.l1High()).isGreaterThan(fit.l1());
        assertThat(fit.isBetterThanPlain()).isTrue();
    }

    @Test
    void findsNoSlopeWhereThereIsNone() {
        Envelope.Fit fit = drawn(5, 0);
        assertThat(fit.plain()).isCloseTo(4.75, within(0.15));
        assertThat(fit.isBetterThanPlain()).isFalse();
    }

    @Test
    void isExactOnALine() {
        double[] norms = new double[30];
        double[] ratios = new double[30];
        for (int i = 0; i < 30; i++) {
            norms[i] = i;
            ratios[i] = 1 + 0.5 * i;
        }
        Envelope.Fit fit = Envelope.fit(norms, ratios);
        assertThat(fit.l0()).isCloseTo(1, within(1e-6));
        assertThat(fit.l1()).isCloseTo(0.5, within(1e-6));
        assertThat(fit.gain()).isCloseTo(1, within(1e-6));
    }

    @Test
    void refusesTooFewRatios() {
        assertThatThrownBy(() -> Envelope.fit(new double[19], new double[19]))
                .hasMessageContaining("19 ratios are too few");
    }

    @Test
    void boundsWhatTheoremOneBounds() {
        // Without compression (s = 0) and with L1 = 0: V0 = gap + 2 gamma error, B = L0.
        TheoremBound bound = new TheoremBound(3, 0, 1, 5, 0.5, 7);
        double root = Math.sqrt(100);
        assertThat(bound.at(2, 99)).isCloseTo((5 + 2 * (2 / root) * 0.5) / (2 * root) + 2 * 3 / root, within(1e-12));
        assertThat(bound.at(bound.bestGamma0(99), 99))
                .isLessThan(bound.at(1, 99))
                .isLessThan(bound.at(2, 99));
        assertThat(new TheoremBound(1, 50, 0.01, 1, 1, 1).at(1, 10)).isInfinite();
    }
}
