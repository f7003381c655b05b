package io.evenkeel.core.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampledGaussianTest {

    /** Returns epsilon by Proposition 3 of Mironov 2017, the conversion behind values published before 2020. */
    private static double olderEpsilon(double rate, double multiplier, long releases, double delta, int... orders) {
        return Arrays.stream(orders)
                .mapToDouble(order ->
                        releases * SampledGaussian.divergence(rate, multiplier, order) - Math.log(delta) / (order - 1))
                .min()
                .orElseThrow();
    }

    /** TensorFlow Privacy, {@code rdp_accountant_test.py}: {@code compute_rdp(q, noise multiplier, steps, order)}. */
    @ParameterizedTest
    @CsvSource({
        "0.1, 2, 10, 5, 0.07737",
        "0.01, 2.5, 50, 5, 0.00218075",
        "0.01, 2.5, 50, 50, 0.023846",
        "0.01, 2.5, 50, 100, 167.416307",
        "1, 10, 1, 20, 0.1",
    })
    void agreesWithTheValuesThatTensorFlowPrivacyTests(
            double rate, double multiplier, long steps, int order, double expected) {
        assertThat(steps * SampledGaussian.divergence(rate, multiplier, order)).isCloseTo(expected, within(1e-5));
    }

    @Test
    void agreesWithTheExampleOfOpacus() {
        // According to the documentation of opacus.scripts.compute_dp_sgd_privacy, 60 epochs of 60,000 / 256 steps with
        // orders 10, 20 and 100 give (2.95, 1e-5).
        long steps = 14_063;
        assertThat(olderEpsilon(256 / 60_000.0, 1.12, steps, 1e-5, 10, 20, 100)).isCloseTo(2.95, within(0.01));
    }

    @Test
    void agreesWithAbadiEtAl() {
        // "Deep learning with differential privacy", 2016, Section 3.2: q = 0.01, sigma = 4, T = 10,000 give epsilon
        // 1.26.
        int[] orders = java.util.stream.IntStream.rangeClosed(2, 64).toArray();
        assertThat(olderEpsilon(0.01, 4, 10_000, 1e-5, orders)).isCloseTo(1.26, within(0.01));
    }

    @ParameterizedTest
    @CsvSource({"0.01, 1, 2", "0.01, 1, 8", "0.1, 2, 32", "0.5, 4, 64", "0.9, 10, 100", "0.001, 0.8, 16"})
    void agreesWithTheIntegratedDivergence(double rate, double multiplier, int order) {
        double variance = multiplier * multiplier;
        double moment = Simpson.integrate(
                x -> Math.exp(-x * x / (2 * variance))
                        / Math.sqrt(2 * Math.PI * variance)
                        * Math.pow(1 - rate + rate * Math.exp((2 * x - 1) / (2 * variance)), order),
                -15 * multiplier,
                order + 15 * multiplier,
                200_000);
        double expected = Math.log(moment) / (order - 1);

        assertThat(SampledGaussian.divergence(rate, multiplier, order))
                .isCloseTo(expected, within(1e-8 * Math.max(1, expected)));
    }

    @Test
    void samplingEveryoneIsTheGaussianMechanism() {
        assertThat(SampledGaussian.epsilon(1, 5, 100, 1e-6)).isEqualTo(RenyiAccountant.epsilon(5, 100, 1e-6));
        assertThat(SampledGaussian.epsilon(0.1, 5, 100, 1e-6)).isLessThan(RenyiAccountant.epsilon(5, 100, 1e-6) / 3);
    }

    @Test
    void refusesInvalidRates() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SampledGaussian.divergence(0, 1, 2))
                .withMessageContaining("sampling rate is 0.0");
    }
}
