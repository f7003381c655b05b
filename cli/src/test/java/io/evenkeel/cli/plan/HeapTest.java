package io.evenkeel.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.vector.TensorLayout;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HeapTest {

    private static Compressor bound(String text, int dimension) {
        return CompressorSpec.parse(text).bind(TensorLayout.flat(dimension));
    }

    private static Workload workload(
            Workload.Database database,
            int dimension,
            String compressor,
            String algorithm,
            String step,
            @Nullable String downlink) {
        return new Workload(
                10,
                10,
                Preset.parse(algorithm),
                StepRule.parse(step),
                bound(compressor, dimension),
                downlink == null ? null : bound(downlink, dimension),
                1,
                database,
                Workload.Store.DATABASE,
                1);
    }

    @Test
    void theHeapGrowsWithDevicesThatWaitAndWithTheLengthOfMessages() {
        Workload small = workload(Workload.Database.H2, 1000, "top-k:10", "ef21-norm", "normalized", null);
        assertThat(Heap.smallest(small, 5000)).isGreaterThanOrEqualTo(4L * 5000 * HeapBudget.WAITING_BYTES);
        assertThat(Heap.smallest(small, 1_000_000)).isEqualTo(Heap.smallest(small, HeapBudget.DEFAULT_WAITING_DEVICES));
        Workload dense = workload(Workload.Database.H2, 10_000_000, "identity", "gd", "plain", null);
        assertThat(Heap.smallest(dense, 1)).isGreaterThanOrEqualTo(1_600_000_000L);
    }
}
