package io.evenkeel.core.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.vector.TensorLayout;
import java.math.BigDecimal;
import java.util.Arrays;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the noise of a cohort, of which each device adds a share. */
class CohortNoiseTest {

    private static final int DIMENSION = 20_000;

    private static CohortNoise noise(String mechanism, int exponent, int min, int max, double collusion) {
        return CohortNoise.of(GaussianMechanism.parse(mechanism), exponent, min, max, collusion, DIMENSION);
    }

    @ParameterizedTest
    @CsvSource({
        "clip:1:1, -20, 3, 5, 0, 3",
        "clip:1:1, -20, 90, 100, 0.05, 85",
        "smoothed:1:0.3:7.7, -18, 10, 12, 0.3, 6",
        "clip:2:0.01, -20, 3, 4, 0.25, 2",
    })
    void theSharesOfTheHonestDevicesOfTheSmallestSumAreTheNoise(
            String mechanism, int exponent, int min, int max, double collusion, int honest) {
        CohortNoise noise = noise(mechanism, exponent, min, max, collusion);
        double wanted = noise.mechanism().noiseMultiplier() * noise.grid().bound();
        long s = noise.grid().deviation();

        assertThat(noise.honest()).isEqualTo(honest);
        assertThat(honest * (double) (s * s)).isGreaterThanOrEqualTo(wanted * wanted);
        assertThat(honest * (double) ((s - 1) * (s - 1))).isLessThan(wanted * wanted);
    }

    @Property
    void acceptedParametersHaveTheClaimedNoiseInTheSmallestSumAndRoomInTheLargest(
            @ForAll @IntRange(min = 3, max = 1_000) int max,
            @ForAll @DoubleRange(min = 0.5, max = 1) double present,
            @ForAll @DoubleRange(min = 0, max = 0.5) double collusion,
            @ForAll @DoubleRange(min = 0.01, max = 200) double multiplier,
            @ForAll @DoubleRange(min = 0.01, max = 1e3) double bound) {
        int min = (int) Math.ceil(present * max);
        int colluding = (int) Math.ceil(collusion * max);
        Assume.that(colluding < min);
        GaussianMechanism mechanism = new GaussianMechanism(new Normalization.Clip(), bound, multiplier);
        int finest = CohortNoise.finestExponent(mechanism, min, max, collusion, DIMENSION);
        CohortNoise noise = CohortNoise.of(mechanism, finest, min, max, collusion, DIMENSION);

        BigDecimal steps = BigDecimal.valueOf(noise.grid().bound());
        BigDecimal claimed = new BigDecimal(multiplier).multiply(steps).pow(2);
        BigDecimal share = BigDecimal.valueOf(noise.grid().deviation()).pow(2);
        assertThat(share.multiply(BigDecimal.valueOf(min - colluding))).isGreaterThanOrEqualTo(claimed);
        assertThat(steps.doubleValue() * Math.scalb(1.0, finest)).isLessThanOrEqualTo(bound);
        // The bound of all messages, plus seven standard deviations of the noise of all devices.
        double reach = (double) max * noise.grid().bound() + 7 * noise.grid().deviation() * Math.sqrt((double) max);
        assertThat(reach).isLessThan(0x1p31);
    }

    @Test
    void theSumOfACohortHasTheVarianceThatIsClaimed() {
        int members = 6;
        CohortNoise noise = noise("clip:1:2.5", -22, members, 8, 0.1);
        int[] sum = new int[DIMENSION + 2];
        for (int member = 0; member < members; member++) {
            int[] words = new int[DIMENSION + 2];
            Arrays.setAll(words, j -> j == DIMENSION + 1 ? 1 : 0);
            noise.add(words, DIMENSION, new DiscreteGaussian(DiscreteGaussianTest.seeded(member)));
            for (int j = 0; j < sum.length; j++) {
                sum[j] += words[j];
            }
        }

        double squares = 0;
        double total = 0;
        for (int j = 0; j < DIMENSION; j++) {
            squares += (double) sum[j] * sum[j];
            total += sum[j];
        }
        double share = (double) noise.grid().deviation() * noise.grid().deviation();
        double claimed = Math.pow(2.5 * noise.grid().bound(), 2);
        // All six are present, and the noise relies on five. The variance estimate has a relative error of sqrt(2/d),
        // 1%.
        assertThat(noise.honest()).isEqualTo(5);
        assertThat(squares / DIMENSION).isCloseTo(members * share, within(0.05 * members * share));
        assertThat(squares / DIMENSION * 5 / 6).isCloseTo(claimed, within(0.05 * claimed));
        assertThat(Math.abs(total) / DIMENSION).isLessThan(5 * Math.sqrt(members * share / DIMENSION));
        assertThat(sum[DIMENSION]).isZero();
        assertThat(sum[DIMENSION + 1]).isEqualTo(members);
    }

    @Test
    void noiseIsAddedModuloTwoToThe32() {
        CohortNoise noise = noise("clip:1:1", -20, 3, 5, 0);
        int[] words = {Integer.MAX_VALUE, Integer.MIN_VALUE, 7};

        noise.add(words, 2, (deviation, into) -> {
            into[0] = 2;
            into[1] = -1;
        });

        assertThat(words).containsExactly(Integer.MIN_VALUE + 1, Integer.MAX_VALUE, 7);
    }

    @ParameterizedTest
    @CsvSource({"smoothed:1:0.7:3, 1e-6", "clip:0.3:20, 1e300", "clip:2:0.5, 1e308", "clip:1:1, 0.001"})
    void messagesLieOnTheGridWithinTheBound(String mechanism, double scale) {
        CohortNoise noise = noise(mechanism, -20, 3, 5, 0);
        double[] values = new double[20];
        SplitMix64 random = new SplitMix64(5);
        Arrays.setAll(values, j -> scale * (random.nextDouble() - 0.5));

        CompressedVector message = CompressorSpec.parse("identity+float64")
                .bind(TensorLayout.flat(values.length))
                .releasing(noise.withoutNoise())
                .compress(values, null, 3);

        assertThat(noise.grid().bounds(message)).isTrue();
        for (int j = 0; j < message.count(); j++) {
            assertThat(noise.grid().contains(message.value(j))).isTrue();
        }
    }

    /** Returns the probabilities of -120 to 120. */
    private static double[] gaussian(double variance) {
        double[] p = new double[241];
        Arrays.setAll(p, i -> Math.exp(-(i - 120.0) * (i - 120) / (2 * variance)));
        double total = Arrays.stream(p).sum();
        Arrays.setAll(p, i -> p[i] / total);
        return p;
    }

    private static double[] sum(double variance, int shares) {
        double[] one = gaussian(variance);
        double[] sum = one;
        for (int share = 1; share < shares; share++) {
            double[] next = new double[one.length];
            for (int i = 0; i < one.length; i++) {
                for (int j = Math.max(0, i - 120); j <= Math.min(240, i + 120); j++) {
                    next[i] += sum[j] * one[i - j + 120];
                }
            }
            sum = next;
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource({"0.5, 2", "0.5, 3", "0.5, 10", "1, 2", "1, 7", "2, 3"})
    void aSumOfSharesIsADiscreteGaussianButForAFactorOfEToTheTau(double variance, int shares) {
        double[] sum = sum(variance, shares);
        double[] plain = gaussian(shares * variance);
        double tau = CohortNoise.correction(variance, shares);
        int reach = (int) (8 * Math.sqrt(shares * variance));
        for (int x = 120 - reach; x <= 120 + reach; x++) {
            assertThat(Math.abs(Math.log(sum[x] / plain[x]))).isLessThanOrEqualTo(tau);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.5, 2, 1, 1.5", "0.5, 3, 2, 2", "0.5, 3, 2, 16", "1, 4, 3, 1.2", "2, 5, 4, 8"})
    void theDivergenceOfTwoSumsIsWithinTheAccountantsBound(double variance, int shares, int shift, double order) {
        double[] p = sum(variance, shares);
        double total = 0;
        int reach = (int) (10 * Math.sqrt(shares * variance));
        for (int x = 120 - reach; x <= 120 + reach; x++) {
            total += Math.exp(order * Math.log(p[x]) + (1 - order) * Math.log(p[x - shift]));
        }
        double divergence = Math.log(total) / (order - 1);
        double plain = order * shift * shift / (2 * shares * variance);
        double tau = CohortNoise.correction(variance, shares);

        assertThat(divergence).isBetween(0.5 * plain, plain + tau * (2 * order - 1) / (order - 1));
    }

    @ParameterizedTest
    @CsvSource({"0.5, 3, 2, 1e-3", "1, 4, 1, 1e-4", "0.6, 2, 1, 1e-2"})
    void epsilonIsAtLeastThatOfTheExactDistribution(double variance, int shares, int shift, double delta) {
        double[] p = sum(variance, shares);
        double tau = CohortNoise.correction(variance, shares);
        double epsilon = RenyiAccountant.epsilon(Math.sqrt(shares * variance) / shift, 1, delta, tau);
        double beyond = 0;
        for (int x = shift; x < p.length; x++) {
            beyond += Math.max(0, p[x] - Math.exp(epsilon) * p[x - shift]);
        }

        assertThat(beyond).isLessThanOrEqualTo(delta);
        assertThat(epsilon).isGreaterThan(RenyiAccountant.epsilon(Math.sqrt(shares * variance) / shift, 1, delta));
    }

    @Test
    void withTheAllowedNoiseTheSumCostsAsMuchAsADiscreteGaussian() {
        CohortNoise least = noise("clip:1:1", -3, 6, 7, 0);

        assertThat(least.grid().deviation()).isEqualTo(4);
        assertThat(least.correction()).isGreaterThan(0).isLessThan(1e-25);
        assertThat(least.epsilon(100, 1e-6)).isEqualTo(RenyiAccountant.epsilon(0.5, 100, 1e-6));
        assertThat(least.messages(50, 1e-6)).isEqualTo(RenyiAccountant.releases(0.5, 50, 1e-6));
    }

    @Test
    void theFinestUnitHasRoomAndAFinerOneDoesNot() {
        GaussianMechanism mechanism = GaussianMechanism.parse("clip:1:1");
        int finest = CohortNoise.finestExponent(mechanism, 90, 100, 0.05, 1_000_000);

        assertThat(finest).isEqualTo(-24);
        assertThat(CohortNoise.of(mechanism, finest, 90, 100, 0.05, 1_000_000)
                        .grid()
                        .bound())
                .isEqualTo(1 << 24);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CohortNoise.of(mechanism, finest - 1, 90, 100, 0.05, 1_000_000))
                .withMessageContaining("does not fit into 32 bits; raise it");
    }

    @ParameterizedTest
    @CsvSource({
        "clip:1:1, 0, 3, 5, 0, expected at least 3 steps of noise: lower it",
        "clip:0.1:1, -3, 3, 5, 0, bound 0 steps",
        "clip:1:10000, -20, 3, 5, 0, does not fit",
        "clip:1e30:1, 0, 3, 5, 0, does not fit",
        "clip:1:1, -20, 3, 10, 0.3, '3 of 10 members may collude'",
    })
    void refusesValuesOutOfRange(String mechanism, int exponent, int min, int max, double collusion, String expected) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> noise(mechanism, exponent, min, max, collusion))
                .withMessageContaining(expected);
    }
}
