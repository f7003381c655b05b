package io.evenkeel.core.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.vector.Tensor;
import io.evenkeel.core.vector.TensorLayout;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class VectorWordsTest {

    @Test
    void averagesTheReportedLosses() {
        VectorWords words = new VectorWords(-20, 4);
        List<int[]> devices = List.of(
                words.encode(new double[] {1, -2}, OptionalDouble.of(0.5)),
                words.encode(new double[] {0.25, 3}, OptionalDouble.empty()),
                words.encode(new double[] {-4, 0}, OptionalDouble.of(2)));
        int[] sum = Aggregation.sum(devices, 4);

        assertThat(words.values(sum)).containsExactly(-2.75, 1);
        assertThat(words.reporters(sum)).isEqualTo(2);
        assertThat(words.meanLoss(sum)).hasValue(1.25);
        assertThat(words.meanLoss(words.encode(new double[] {1}, OptionalDouble.empty())))
                .isEmpty();
    }

    /** A device adds exactly the same values to its g_i as its words add to the sum. */
    @Property(tries = 200)
    void addsWhatTheDeviceAddsToItsOwnState(@ForAll Random random) {
        VectorWords words = new VectorWords(-10 - random.nextInt(20), 3);
        TensorLayout layout = TensorLayout.of(List.of(new Tensor("x", List.of(5))));
        Compressor compressor =
                CompressorSpec.parse("identity+float64").bind(layout).releasing(new FixedPointRelease(words.coding()));
        double[] u = random.doubles(5, -1000, 1000).toArray();
        CompressedVector message = compressor.compress(u, null, 0);
        double[] values = message.toDense();

        assertThat(words.values(words.encode(values, OptionalDouble.empty()))).isEqualTo(values);
        Arrays.setAll(values, j -> Math.abs(values[j] - u[j]));
        for (int j = 0; j < values.length; j++) {
            double largest = words.coding().largest();
            assertThat(values[j]).isLessThanOrEqualTo(Math.max(words.coding().decode(1) / 2, Math.abs(u[j]) - largest));
        }
    }
}
