package io.evenkeel.trial.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TheoremBoundTest {

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
