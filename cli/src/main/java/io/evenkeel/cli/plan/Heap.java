package io.evenkeel.cli.plan;

import io.evenkeel.cli.plan.Workload.Database;
import io.evenkeel.core.heap.HeapBudget;
import io.evenkeel.core.heap.HeapBudget.Share;
import io.evenkeel.core.heap.RunHeap;
import io.evenkeel.core.vector.TensorLayout;

/** The heap that a coordinator with the default settings needs for a workload. */
final class Heap {

    private Heap() {}

    /** Returns the heap that a run needs. Its model counts as one tensor. */
    static RunHeap ofRun(Workload workload) {
        return new RunHeap(
                workload.compressor(),
                workload.downlink(),
                workload.step(),
                TensorLayout.flat((int) workload.dimension()),
                workload.feedback().retainsSum(),
                workload.algorithm().hasScatterMean(),
                false,
                workload.database() == Database.POSTGRESQL);
    }

    /** Returns the smallest heap for a run, its messages, and its waiting devices. */
    static long smallest(Workload workload, long waiting) {
        HeapBudget shares = HeapBudget.ofDefaults(0);
        long counted = Math.min(waiting, HeapBudget.DEFAULT_WAITING_DEVICES);
        return Math.max(
                shares.heapFor(ofRun(workload)),
                shares.heapFor(Share.WAITING_DEVICES, counted * HeapBudget.WAITING_BYTES));
    }
}
