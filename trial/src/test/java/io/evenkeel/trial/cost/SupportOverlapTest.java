package io.evenkeel.trial.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SupportOverlapTest {

    @Test
    void supportsWithoutCorrelationAreIndependent() {
        SupportOverlap independent = new SupportOverlap(0.01, 0);
        for (int n : new int[] {1, 20, 500}) {
            assertThat(independent.union(n)).isCloseTo(1 - Math.pow(0.99, n), within(1e-9));
        }
    }

    @Test
    void oneMessageHasItsShareForAnyCorrelation() {
        assertThat(new SupportOverlap(0.01, 0.5).union(1)).isCloseTo(0.01, within(1e-6));
        assertThat(new SupportOverlap(0.2, 0.95).union(1)).isCloseTo(0.2, within(1e-3));
    }

    @Test
    void theFitReproducesTheUnionAndGrowsFromIt() {
        SupportOverlap fitted = SupportOverlap.fitted(0.01, 20, 0.148);
        assertThat(fitted.union(20)).isCloseTo(0.148, within(1e-6));
        assertThat(fitted.union(100)).isBetween(0.3, 0.63);
        assertThat(fitted.union(1e6)).isBetween(0.9, 1.0);
    }

    @Test
    void aUnionTooLargeForIndependentSupportsCountsAsTheirs() {
        assertThat(SupportOverlap.fitted(0.01, 20, 0.5).correlation()).isCloseTo(0, within(1e-9));
    }

    @Test
    void framesReproduceTheirShare() {
        assertThat(UpdateBytes.of(1, 8)).isEqualTo(8);
        assertThat(UpdateBytes.of(0.1, 1)).isCloseTo(0.1586, within(1e-4));
        assertThat(UpdateBytes.share(UpdateBytes.of(0.15, 8), 8)).isCloseTo(0.15, within(1e-9));
    }
}
