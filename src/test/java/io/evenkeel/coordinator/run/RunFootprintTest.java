package io.evenkeel.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.HeapBudget;
import io.evenkeel.coordinator.platform.storage.Dialect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** {@code evenkeel plan} computes the same; its test reads the same file. */
class RunFootprintTest {

    @ParameterizedTest
    @CsvFileSource(files = "../cli/src/test/resources/io/evenkeel/cli/plan/heap.csv")
    void aRunTakesWhatThePlanOfTheCommandLineSays(
            Dialect database, int dimension, String compressor, String step, @Nullable String downlink, long bytes) {
        RunFootprint footprint = new RunFootprint(new HeapBudget(1L << 40, 0, 0), database);
        assertThat(footprint.total(RunMemoryTest.plan(dimension, compressor, step, downlink)))
                .isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvFileSource(files = "../cli/src/test/resources/io/evenkeel/cli/plan/shares.csv")
    void theShareForModelsIsWhatThePlanOfTheCommandLineSays(long heap, long models) {
        long waiting = 10_000L * HeapBudget.WAITING_BYTES;
        long streams = 200L * HeapBudget.WAITING_BYTES;
        HeapBudget budget = new HeapBudget(heap << 20, waiting, streams);
        assertThat(budget.of(HeapBudget.Share.MODELS) >> 20).isEqualTo(models);
    }
}
