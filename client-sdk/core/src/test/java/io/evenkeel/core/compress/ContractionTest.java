package io.evenkeel.core.compress;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.TensorLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Checks the contraction factor alpha of each compressor. */
class ContractionTest {

    /** The rounding error of sums of squares and square roots of a few dozen doubles. */
    private static final double SLACK = 1e-12;

    /** Squared norms relative to the squared largest magnitude of u, so that no square is out of range. */
    private record Squares(double vector, double error, double floor) {

        static Squares of(Compressor compressor, double[] u, long seed) {
            CompressedVector message = compressor.compress(u, null, seed);
            double[] error = message.toDense();
            for (int j = 0; j < u.length; j++) {
                error[j] -= u[j];
            }
            double absolute = compressor.spec().coding().absoluteError();
            return new Squares(
                    square(u, u, 1), square(error, u, 1), square(new double[] {absolute}, u, compressor.maxCount()));
        }

        private static double square(double[] v, double[] u, double times) {
            int exponent = Math.getExponent(largest(u));
            double[] scaled = v.clone();
            for (int j = 0; j < v.length; j++) {
                scaled[j] = Math.scalb(v[j], -exponent);
            }
            double norm = Norm.l2(scaled);
            return norm * norm * times;
        }
    }

    private static double largest(double[] u) {
        double largest = 0;
        for (double value : u) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    @Property
    void everyDeterministicCompressorContractsByItsAlpha(@ForAll("deterministic") CompressionCase trial) {
        for (Compressor compressor : trial.compressorOfEachCoding()) {
            double alpha = compressor.alpha().orElseThrow();
            assertThat(alpha).isPositive().isLessThanOrEqualTo(1);
            Squares squares = Squares.of(compressor, trial.u(), trial.seed());
            if (largest(trial.u()) <= compressor.spec().coding().largest()) {
                double bound = (1 - alpha) * squares.vector() + squares.floor();
                assertThat(squares.error())
                        .as("%s, alpha %s", compressor, alpha)
                        .isLessThanOrEqualTo(bound * (1 + SLACK));
            }
        }
    }

    @Property
    void noCompressorIncreasesTheNorm(@ForAll("any") CompressionCase trial) {
        for (Compressor compressor : trial.compressorOfEachCoding()) {
            Squares squares = Squares.of(compressor, trial.u(), trial.seed());
            assertThat(squares.error()).isLessThanOrEqualTo((squares.vector() + squares.floor()) * (1 + SLACK));
        }
    }

    @Property
    void randKContractsByItsAlphaOnAverageOverAllItsSupports(@ForAll("randK") CompressionCase trial) {
        for (Compressor compressor : trial.compressorOfEachCoding()) {
            if (largest(trial.u()) <= compressor.spec().coding().largest()) {
                assertContractsOnAverage(compressor, trial.u());
            }
        }
    }

    private static void assertContractsOnAverage(Compressor compressor, double[] u) {
        double error = 0;
        List<Long> seeds = seedOfEachSupport(compressor.dimension(), compressor.maxCount());
        for (long seed : seeds) {
            error += Squares.of(compressor, u, seed).error() / seeds.size();
        }
        Squares squares = Squares.of(compressor, u, 0);
        double bound = (1 - compressor.alpha().orElseThrow()) * squares.vector();
        assertThat(error).as("%s", compressor).isLessThanOrEqualTo((bound + squares.floor()) * (1 + SLACK));
        if (compressor.spec().coding() == ValueCoding.FLOAT64) {
            assertThat(error).as("exact values reach the bound").isGreaterThanOrEqualTo(bound * (1 - SLACK));
        }
    }

    private static final Map<List<Integer>, List<Long>> SEEDS = new HashMap<>();

    private static List<Long> seedOfEachSupport(int dimension, int count) {
        return SEEDS.computeIfAbsent(List.of(dimension, count), key -> {
            Map<List<Integer>, Long> seeds = new HashMap<>();
            for (long seed = 0; seeds.size() < binomial(dimension, count); seed++) {
                Support support = new Support.Seeded(dimension, count, seed);
                seeds.putIfAbsent(
                        IntStream.of(SupportTest.indices(support)).boxed().toList(), seed);
            }
            return List.copyOf(seeds.values());
        });
    }

    private static int binomial(int n, int k) {
        return k == 0 ? 1 : binomial(n - 1, k - 1) * n / k;
    }

    @Property
    void aThresholdLeavesLessThanLambdaOfEachCoordinate(@ForAll("thresholds") CompressionCase trial) {
        double lambda = ((Selection.Threshold) trial.spec().selection()).lambda();
        Compressor exact = new CompressorSpec(trial.spec().selection(), ValueCoding.FLOAT64)
                .bind(TensorLayout.flat(trial.u().length));
        assertThat(exact.alpha()).isEmpty();
        double[] sent = exact.compress(trial.u(), null, 0).toDense();
        for (int j = 0; j < sent.length; j++) {
            assertThat(sent[j]).isEqualTo(Math.abs(trial.u()[j]) >= lambda ? trial.u()[j] : 0);
        }
    }

    @Test
    void alphaIsReachedByTheWorstVectorOfEachSelection() {
        assertAlphaIsReached("identity+natural", TensorLayout.flat(2), 3, 1.5);
        assertAlphaIsReached("top-k:1+float64", TensorLayout.flat(4), 1, 1, 1, 1);
        assertAlphaIsReached("block-top-k:2:1+float64", TensorLayout.flat(3), 3, 4, 5);
        assertAlphaIsReached("sign", TensorLayout.flat(4), 0, 0, 7, 0);
    }

    private static void assertAlphaIsReached(String spec, TensorLayout layout, double... u) {
        Compressor compressor = CompressorSpec.parse(spec).bind(layout);
        Squares squares = Squares.of(compressor, u, 0);
        double bound = (1 - compressor.alpha().orElseThrow()) * squares.vector();
        assertThat(squares.error()).isBetween(bound * (1 - 1e-9), bound * (1 + SLACK));
    }

    @Test
    void belowFloat32sNormalRangeTheErrorIsAbsolute() {
        Compressor compressor = CompressorSpec.parse("identity").bind(TensorLayout.flat(3));
        double[] u = {0x1.0p-150, -0x1.0p-150, 0x1.4p-148};
        double[] error = compressor.compress(u, null, 0).toDense();
        for (int j = 0; j < 3; j++) {
            error[j] -= u[j];
        }
        assertThat(error)
                .as("no factor alpha > 0 would allow for it")
                .containsExactly(-0x1.0p-150, 0x1.0p-150, -0x1.0p-150);
    }

    @Test
    void beyondFloat32sRangeValuesSaturate() {
        Compressor compressor = CompressorSpec.parse("top-k:1").bind(TensorLayout.flat(2));
        assertThat(compressor.compress(new double[] {1, -1e300}, null, 0).toDense())
                .containsExactly(0, -Float.MAX_VALUE);
    }

    @Provide
    Arbitrary<CompressionCase> deterministic() {
        return CompressionCase.of(24, layout -> Specs.withCodings(Specs.deterministic(layout)));
    }

    @Provide
    Arbitrary<CompressionCase> any() {
        return CompressionCase.of(24, Specs::any);
    }

    @Provide
    Arbitrary<CompressionCase> randK() {
        return CompressionCase.of(6, layout -> Specs.withCodings(Specs.randK(layout)));
    }

    @Provide
    Arbitrary<CompressionCase> thresholds() {
        return CompressionCase.of(24, layout -> Specs.withCodings(Specs.thresholds()));
    }
}
