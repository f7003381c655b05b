package io.evenkeel.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.HeapBudget;
import io.evenkeel.coordinator.platform.storage.Dialect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code evenkeel plan} computes the same; its test reads the same file. */
class RunFootprintTest {

    @ParameterizedTest
    @CsvFileSource(files = "../cli/src/test/resources/io/evenkeel/cli/plan/heap.csv")
    void aRunTakesWhatThePlanOfTheCommandLineSays(
            Dialect database,
            int dimension,
            String compressor,
            String algorithm,
            String step,
            @Nullable String downlink,
            long bytes) {
        RunFootprint footprint = new RunFootprint(new HeapBudget(1L << 40, 0, 0), database);
        assertThat(footprint.total(RunMemoryTest.plan(dimension, compressor, algorithm, step, downlink)))
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

    /** x, S and one vector's worth of work, in double precision: no vector a member, and no copy of the model. */
    @ParameterizedTest
    @ValueSource(strings = {"ef14", "ef14-decay", "dcgd", "gd"})
    void aRunWithoutASumOverRoundsTakesThreeVectors(String algorithm) {
        RunFootprint footprint = new RunFootprint(new HeapBudget(1L << 40, 0, 0), Dialect.H2);
        int d = 100_000_000;
        long ofMessages = 24L * d / 50;
        assertThat(footprint.total(RunMemoryTest.plan(d, "top-k:0.02+log:4", algorithm, null, null)) - ofMessages)
                .isLessThanOrEqualTo(3L * Double.BYTES * d + d / 8 + (1 << 20));
    }
}
