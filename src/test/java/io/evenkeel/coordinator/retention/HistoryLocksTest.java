package io.evenkeel.coordinator.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HistoryLocksTest {

    private static final long RUNS = 50_000;

    private final HistoryLocks locks = new HistoryLocks();

    /** Nested calls could not acquire the locks of that many runs, since no stack is deep enough. */
    @Test
    void theHistoriesOfManyRunsAreReadAtOnce() {
        List<Long> runs = LongStream.range(0, RUNS).boxed().toList();

        boolean firstOrLastChanges = locks.reading(runs, () -> changes(0) || changes(RUNS - 1));

        assertThat(firstOrLastChanges).isFalse();
        assertThat(changes(0)).isTrue();
        assertThat(changes(RUNS - 1)).isTrue();
    }

    /** Returns whether another thread can change a run's history. */
    private boolean changes(long run) {
        return CompletableFuture.supplyAsync(
                        () -> locks.changing(run, () -> true).isPresent())
                .join();
    }
}
