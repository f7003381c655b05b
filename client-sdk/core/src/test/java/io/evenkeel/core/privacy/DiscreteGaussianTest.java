package io.evenkeel.core.privacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.vector.SplitMix64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscreteGaussianTest {

    private static final int COUNT = 200_000;

    /** Returns a fixed sequence of bytes, so that each run of a test sees the same samples. */
    static EntropySource seeded(long seed) {
        SplitMix64 random = new SplitMix64(seed);
        return bytes -> {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) random.next();
            }
        };
    }

    private static long[] samples(long deviation, long seed) {
        long[] samples = new long[COUNT];
        new DiscreteGaussian(seeded(seed)).sample(deviation, samples);
        return samples;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 7, 25})
    void frequenciesAreThoseOfTheDistribution(long s) {
        int most = (int) (4 * s);
        double[] expected = new double[2 * most + 1];
        double total = 0;
        for (long y = -40 * s; y <= 40 * s; y++) {
            total += Math.exp(-(double) y * y / (2.0 * s * s));
        }
        for (int y = -most; y <= most; y++) {
            expected[y + most] = COUNT * Math.exp(-(double) y * y / (2.0 * s * s)) / total;
        }
        long[] counts = new long[2 * most + 1];
        long beyond = 0;
        for (long y : samples(s, s)) {
            if (Math.abs(y) <= most) {
                counts[(int) y + most]++;
            } else {
                beyond++;
            }
        }

        double statistic = 0;
        double rest = COUNT;
        for (int i = 0; i < counts.length; i++) {
            statistic += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
            rest -= expected[i];
        }
        statistic += (beyond - rest) * (beyond - rest) / rest;
        // Chi-square has mean f and variance 2 f for f degrees of freedom.
        double freedom = counts.length;
        assertThat(statistic).isBetween(freedom - 4 * Math.sqrt(2 * freedom), freedom + 4 * Math.sqrt(2 * freedom));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 10, 1000, 1L << 20, DiscreteGaussian.LARGEST_DEVIATION})
    void momentsAreThoseOfTheGaussian(long s) {
        double mean = 0;
        double square = 0;
        double fourth = 0;
        for (long sample : samples(s, 77)) {
            double y = (double) sample / s;
            mean += y / COUNT;
            square += y * y / COUNT;
            fourth += y * y * y * y / COUNT;
        }
        assertThat(mean).isCloseTo(0, within(0.01));
        assertThat(square).isCloseTo(1, within(0.015));
        assertThat(fourth).isCloseTo(3, within(0.12));
    }

    @ParameterizedTest
    @CsvSource({"0, 5", "1, 1", "1, 3", "2, 3", "7, 2", "1, 1000000007", "123456789, 987654321", "5, 1"})
    void bernoulliOfAnExponentialHasItsProbability(long numerator, long denominator) {
        DiscreteGaussian sampler = new DiscreteGaussian(seeded(5));
        int hits = 0;
        for (int i = 0; i < COUNT; i++) {
            hits += sampler.bernoulliExp(numerator, denominator) ? 1 : 0;
        }
        double p = Math.exp(-(double) numerator / denominator);
        assertThat((double) hits / COUNT).isCloseTo(p, within(4 * Math.sqrt(p * (1 - p) / COUNT) + 1e-9));
    }

    @Test
    void laplaceHasItsVariance() {
        DiscreteGaussian sampler = new DiscreteGaussian(seeded(6));
        long scale = 12;
        double square = 0;
        for (int i = 0; i < COUNT; i++) {
            double y = sampler.laplace(scale);
            square += y * y / COUNT;
        }
        double ratio = Math.exp(-1.0 / scale);
        assertThat(square).isCloseTo(2 * ratio / ((1 - ratio) * (1 - ratio)), within(6.0));
    }

    @Test
    void extremeBytesStillGiveSamples() {
        // A constant byte would be rejected forever, so constant blocks are followed by others.
        SplitMix64 random = new SplitMix64(1);
        int[] block = {0};
        EntropySource blocks = bytes -> {
            int kind = block[0]++ % 3;
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = kind == 0 ? 0 : kind == 1 ? (byte) -1 : (byte) random.next();
            }
        };
        long[] samples = new long[1000];
        new DiscreteGaussian(blocks).sample(DiscreteGaussian.LARGEST_DEVIATION, samples);
        for (long sample : samples) {
            assertThat(Math.abs(sample)).isLessThan(2000 * DiscreteGaussian.LARGEST_DEVIATION);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, DiscreteGaussian.LARGEST_DEVIATION + 1})
    void refusesADeviationOutOfRange(long deviation) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DiscreteGaussian(seeded(1)).sample(deviation, new long[1]))
                .withMessageContaining("the deviation is " + deviation);
    }
}
