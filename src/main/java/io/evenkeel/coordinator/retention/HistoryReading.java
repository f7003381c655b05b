package io.evenkeel.coordinator.retention;

import io.evenkeel.coordinator.run.CorruptionHandler;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.run.RunMemory;
import java.util.Iterator;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/** Reads the whole history of a run, as an audit and an export do. Thread-safe. */
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
     * Does work that reads a run's history: with the memory of work on the run, and while this coordinator compacts none of its
     * messages. Stops the run if what is stored is damaged. Not for use inside a transaction.
     *
     * @param what names the work for the operator, such as "an audit"
     * @throws io.evenkeel.coordinator.platform.problem.ProblemException {@code insufficient-memory} before the work begins,
     *     {@code storage-damaged}
     */
    public <T> T read(PlanCache.Known known, String what, Supplier<T> work) {
        return corruption.stopping(() -> memory.borrowing(
                what + " of run '" + known.plan().name() + "'",
                memory.work(known.plan()),
                () -> locks.reading(known.run(), work)));
    }

    /** Does work that reads the histories of runs one after the other, as {@link #read}. */
    public <T> T readAll(List<PlanCache.Known> runs, String what, Supplier<T> work) {
        long largest = runs.stream()
                .mapToLong(known -> memory.work(known.plan()))
                .max()
                .orElse(0);
        return corruption.stopping(
                () -> memory.borrowing(what + " of all runs", largest, () -> reading(runs.iterator(), work)));
    }

    private <T> T reading(Iterator<PlanCache.Known> runs, Supplier<T> work) {
        return runs.hasNext() ? locks.reading(runs.next().run(), () -> reading(runs, work)) : work.get();
    }
}
