package io.evenkeel.core.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenyiAccountantTest {

    /** Integrates the privacy loss of the composition, which is one Gaussian mechanism, by Simpson's rule. */
    private static double deltaByIntegration(double multiplier, long releases, double epsilon) {
        double mean = Math.sqrt((double) releases) / multiplier;
        return Simpson.integrate(
                x -> Math.max(0, density(x - mean) - Math.exp(epsilon) * density(x)), -12, mean + 12, 400_000);
    }

    private static double density(double x) {
        return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1e-5",
        "5, 1, 1e-5",
        "5, 100, 1e-6",
        "20, 1000, 1e-6",
        "50, 1000, 1e-8",
        "7.5, 10, 1e-3",
        "300, 20000, 1e-9",
    })
    void isAtLeastTheEpsilonOfTheIntegratedPrivacyLossAndOnlySlightlyMore(
            double multiplier, long releases, double delta) {
        double epsilon = RenyiAccountant.epsilon(multiplier, releases, delta);

        assertThat(deltaByIntegration(multiplier, releases, epsilon)).isLessThanOrEqualTo(delta);
        assertThat(deltaByIntegration(multiplier, releases, 0.8 * epsilon)).isGreaterThan(delta);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1e-5", "10, 100, 1e-6", "40, 3, 1e-9"})
    void theOrderFoundIsAsGoodAsTheBestOfAFineGrid(double multiplier, long releases, double delta) {
        double rho = releases / (2 * multiplier * multiplier);
        double best = Double.POSITIVE_INFINITY;
        for (double t = -10; t < 20; t += 1e-3) {
            double order = 1 + Math.exp(t);
            best = Math.min(best, RenyiAccountant.convert(rho * order, order, delta));
        }
        assertThat(RenyiAccountant.epsilon(multiplier, releases, delta)).isCloseTo(best, within(1e-5 * best));
    }

    @Test
    void improvesOnTheOlderConversion() {
        // rho + 2 sqrt(rho log(1/delta)): Bun and Steinke 2016, Proposition 1.3.
        double rho = 0.5;
        assertThat(RenyiAccountant.epsilon(1, 1, 1e-5))
                .isLessThan(rho + 2 * Math.sqrt(rho * Math.log(1e5)))
                .isGreaterThan(4);
    }

    @Test
    void nothingReleasedCostsNothing() {
        assertThat(RenyiAccountant.epsilon(1, 0, 1e-6)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 1e-6, 1", "8, 1e-6, 200", "0.1, 1e-9, 10000", "50, 1e-5, 1000"})
    void theMultiplierMeetsTheTargetAndASlightlySmallerOneDoesNot(double epsilon, double delta, long releases) {
        double multiplier = RenyiAccountant.multiplier(epsilon, delta, releases);

        assertThat(RenyiAccountant.epsilon(multiplier, releases, delta)).isLessThanOrEqualTo(epsilon);
        assertThat(RenyiAccountant.epsilon(multiplier * 0.9999, releases, delta))
                .isGreaterThan(epsilon);
        assertThat(RenyiAccountant.releases(multiplier, epsilon, delta)).isEqualTo((int) releases);
    }

    @Test
    void aBudgetBelowOneReleaseAllowsNone() {
        assertThat(RenyiAccountant.releases(1, 0.5, 1e-6)).isZero();
        assertThat(RenyiAccountant.releases(1, 0, 1e-6)).isZero();
    }

    @Test
    void aTargetThatNoNoiseMeetsIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RenyiAccountant.multiplier(1e-9, 1e-9, 1_000_000))
                .withMessageContaining("epsilon is 1.0E-9")
                .withMessageContaining("plan fewer rounds");
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1e-6, noise multiplier", "1, -1, 1e-6, releases", "1, 1, 0, delta", "1, 1, 1, delta"})
    void refusesValuesOutOfRange(double multiplier, long releases, double delta, String named) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RenyiAccountant.epsilon(multiplier, releases, delta))
                .withMessageContaining(named);
    }
}
