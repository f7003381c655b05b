package io.evenkeel.core.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexCostTest {

    private static final int DIMENSION = 1_000_000;
    private static final double LIMIT_FACTOR = 1.02;

    @ParameterizedTest
    @ValueSource(
            doubles = {0.0005, 0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.13, 0.16, 0.2})
    void costsNoMoreThanTwoPercentAboveTheLimitOnRandomSupports(double share) {
        int count = (int) Math.round(share * DIMENSION);
        Support support = listed(new Support.Seeded(DIMENSION, count, count));

        double bits = bitsPerIndex(support);

        double limit = logChoose(DIMENSION, count) / count;
        System.out.printf("%s %s %s %s%n", share, bits, limit, bits / limit);
        assertThat(bits).isBetween(limit, LIMIT_FACTOR * limit);
    }

    private static Support.Listed listed(Support support) {
        int[] indices = new int[support.count()];
        Arrays.setAll(indices, support::index);
        return new Support.Listed(support.dimension(), indices);
    }

    private static double bitsPerIndex(Support support) {
        double[] values = new double[support.count()];
        SplitMix64 r = new SplitMix64(1);
        Arrays.setAll(values, j -> (float) r.nextDouble());
        CompressedVector v = new CompressedVector(support, ValueCoding.FLOAT32, values);
        FrameCodec.encode(v);
        long t = System.nanoTime();
        byte[] b = FrameCodec.encode(v);
        long t1 = System.nanoTime();
        System.out.println(FrameCodec.decode(b, FrameLimits.of(support.dimension())));
        System.out.println("enc ms " + (t1 - t) / 1e6 + " dec " + (System.nanoTime() - t1) / 1e6);
        return (b.length - 17 - 4.0 * support.count()) * 8 / support.count();
    }

    private static double logChoose(int n, int k) {
        double sum = 0;
        for (int i = 1; i <= k; i++) {
            sum += StrictMath.log((double) (n - k + i) / i);
        }
        return sum / StrictMath.log(2);
    }
}
