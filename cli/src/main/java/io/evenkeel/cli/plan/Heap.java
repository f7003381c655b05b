package io.evenkeel.cli.plan;

import io.evenkeel.cli.plan.Workload.Database;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.core.heap.HeapBudget.Share;
import io.evenkeel.core.heap.RunHeap;
import io.evenkeel.core.vector.TensorLayout;

/** The heap that a coordinator with the default settings needs for a workload. */
final class Heap {

    /** The maximum number of waiting devices at a coordinator, the default of {@code evenkeel.rounds.waiting-devices}. */
    static final long MAX_WAITING = 10_000;

    /** The default of {@code evenkeel.events.streams}. */
    private static final long STREAMS = 200;

    private Heap() {}

    /** Returns what a run needs, whose model counts as one tensor. */
    static RunHeap ofRun(Workload workload) {
        return new RunHeap(
                workload.compressor(),
                workload.downlink(),
                workload.step(),
                TensorLayout.flat((int) workload.dimension()),
                workload.feedback().retainsSum(),
                false,
                workload.database() == Database.POSTGRESQL);
    }

    /** Returns the smallest heap for a run, its messages, and its waiting devices. */
    static long smallest(Workload workload, long waiting) {
        HeapBudget shares =
                new HeapBudget(0, MAX_WAITING * HeapBudget.WAITING_BYTES, STREAMS * HeapBudget.WAITING_BYTES);
        return Math.max(
                shares.heapFor(ofRun(workload)),
                shares.heapFor(Share.WAITING_DEVICES, Math.min(waiting, MAX_WAITING) * HeapBudget.WAITING_BYTES));
    }
}
