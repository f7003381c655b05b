package io.evenkeel.core.heap;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.core.algorithm.Preset;
import io.evenkeel.core.compress.Compressor;
import io.evenkeel.core.compress.CompressorSpec;
import io.evenkeel.core.heap.HeapBudget.Share;
import io.evenkeel.core.step.StepRule;
import io.evenkeel.core.vector.TensorLayout;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunHeapTest {

    private static RunHeap run(
            boolean isOnPostgresql,
            int dimension,
            String compressor,
            String algorithm,
            String step,
            @Nullable String downlink) {
        return new RunHeap(
                bound(compressor, dimension),
                downlink == null ? null : bound(downlink, dimension),
                StepRule.parse(step),
                TensorLayout.flat(dimension),
                Preset.parse(algorithm).feedback().retainsSum(),
                Preset.parse(algorithm).hasScatterMean(),
                false,
                isOnPostgresql);
    }

    private static Compressor bound(String text, int dimension) {
        return CompressorSpec.parse(text).bind(TensorLayout.flat(dimension));
    }

    @ParameterizedTest
    @CsvFileSource(resources = "heap.csv")
    void aRunTakesTheBytesThatWereRecorded(
            String database,
            int dimension,
            String compressor,
            String algorithm,
            String step,
            @Nullable String downlink,
            long bytes) {
        assertThat(run(database.equals("POSTGRESQL"), dimension, compressor, algorithm, step, downlink)
                        .total())
                .isEqualTo(bytes);
    }

    /** x, S and one work vector in double precision; no vector per member and no copy of the model. */
    @ParameterizedTest
    @ValueSource(strings = {"ef14", "ef14-decay", "dcgd", "gd"})
    void aRunWithoutASumOverRoundsTakesThreeVectors(String algorithm) {
        int d = 100_000_000;
        long ofMessages = 24L * d / 50;
        assertThat(run(false, d, "top-k:0.02+log:4", algorithm, "plain", null).total() - ofMessages)
                .isLessThanOrEqualTo(3L * Double.BYTES * d + d / 8 + (1 << 20));
    }

    @Test
    void theSmallestHeapHoldsTheRunAndNoSmallerOneDoes() {
        RunHeap run = run(false, 1_000_000, "top-k:0.01", "ef21-norm", "normalized", null);
        long heap = HeapBudget.ofDefaults(0).heapFor(run);

        assertThat(models(heap)).isGreaterThanOrEqualTo(run.total());
        assertThat(models(heap - (64 << 20))).isLessThan(run.total());
    }

    private static long models(long heap) {
        return HeapBudget.ofDefaults(heap).of(Share.MODELS);
    }
}
