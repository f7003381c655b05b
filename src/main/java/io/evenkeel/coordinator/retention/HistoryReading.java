package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.member.CorruptionHandler;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunMemory;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Runs work that reads the whole history of a run, such as an audit or an export. Thread-safe. */
@Component
public class HistoryReading {

    private final HistoryLocks locks;
    private final RunMemory memory;
    private final CorruptionHandler corruption;

    HistoryReading(HistoryLocks locks, RunMemory memory, CorruptionHandler corruption) {
        this.locks = locks;
        this.memory = memory;
        this.corruption = corruption;
    }

    /**
     * Reserves memory and runs work that reads a run's history. This coordinator does not compact the run's messages
     * meanwhile. Stops the run if stored data is damaged. Must not be called inside a transaction.
     *
     * @param what names the work for the operator, such as "an audit"
     * @throws io.evenkeel.engine.problem.ProblemException {@code insufficient-memory} before the work begins,
     *     {@code storage-damaged}
     */
    public <T> T read(PlanCache.Known known, String what, Supplier<T> work) {
        return corruption.stopping(
                known.run(),
                () -> memory.borrowing(
                        what + " of run '" + known.plan().name() + "'",
                        memory.history(known.plan()),
                        () -> locks.reading(known.run(), work)));
    }

    /** Runs work that reads the histories of runs sequentially, as {@link #read} does. */
    public <T> T readAll(List<PlanCache.Known> runs, String what, Supplier<T> work) {
        long largest = runs.stream()
                .mapToLong(known -> memory.history(known.plan()))
                .max()
                .orElse(0);
        List<Long> keys = runs.stream().map(PlanCache.Known::run).toList();
        return corruption.stopping(
                () -> memory.borrowing(what + " of all runs", largest, () -> locks.reading(keys, work)));
    }
}
