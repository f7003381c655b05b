package io.evenkeel.core.smoothness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.SplitMix64;
import org.junit.jupiter.api.Test;

class EnvelopeTest {

    /** Fits ratios drawn uniformly from 0 to l0 + l1 norm, with norms from 0 to 10. */
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
    void findsTheLineAbove95PercentOfTheRatios() {
        Envelope.Fit fit = drawn(2, 3);
        assertThat(fit.l0()).isCloseTo(0.95 * 2, within(0.8));
        assertThat(fit.l1()).isCloseTo(0.95 * 3, within(0.3));
        assertThat(fit.l1Low()).isLessThan(fit.l1());
        assertThat(fit.l1High()).isGreaterThan(fit.l1());
        assertThat(fit.isBetterThanPlain()).isTrue();
    }

    @Test
    void findsNoSlopeInConstantRatios() {
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
    void isConstantIfAllGradientsOrDifferencesAreZero() {
        assertThat(Envelope.line(new double[20], new double[20])).isEqualTo(new Envelope.Line(0, 0));
        Envelope.Fit flat = Envelope.fit(new double[20], new double[20]);
        assertThat(flat.gain()).isZero();
        assertThat(flat.isBetterThanPlain()).isFalse();
    }

    @Test
    void givesTheSameLineWithAndWithoutIntervals() {
        double[] norms = new double[25];
        double[] ratios = new double[25];
        for (int i = 0; i < norms.length; i++) {
            norms[i] = (7 * i) % 25;
            ratios[i] = 1 + norms[i] * (i % 3);
        }
        Envelope.Fit fit = Envelope.fit(norms, ratios);
        assertThat(Envelope.line(norms, ratios)).isEqualTo(new Envelope.Line(fit.l0(), fit.l1()));
        assertThatThrownBy(() -> Envelope.line(new double[3], new double[3]))
                .hasMessageContaining("3 ratios are too few");
    }
}
