package io.evenkeel.cli.plan;

import io.evenkeel.cli.plan.Workload.Database;
import io.evenkeel.core.compress.ValueCoding;
import io.evenkeel.core.vector.TensorLayout;

/**
 * The heap that a coordinator needs, by the formulas of docs/memory.md. The coordinator computes the same in RunFootprint and
 * HeapBudget; tests of both compare their results with heap.csv.
 */
final class Heap {

    /** The maximum number of waiting devices at a coordinator, the default of {@code evenkeel.rounds.waiting-devices}. */
    static final long MAX_WAITING = 10_000;

    /** Heaps are multiples of this. */
    static final long STEP = 64L << 20;

    private static final long MIB = 1L << 20;
    private static final long FIXED = 64 * MIB;
    private static final long WAITING_DEVICE = 64L << 10;
    private static final long EVENT_STREAMS = 200 * WAITING_DEVICE;
    private static final long REST_OF_MESSAGE = 16L << 10;
    private static final int PARTS = 32;

    private Heap() {}

    /** Returns the bytes of the share {@code models} that a run needs. */
    static long ofRun(Workload workload) {
        long d = workload.dimension();
        long values = workload.values()
                + (workload.downlink() == null ? 0 : workload.downlink().maxCount());
        long resident = Double.BYTES * (2L + workload.vectors()) * d + d / 8;
        boolean closesOnly = !workload.feedback().retainsSum() && workload.downlink() == null;
        long work = (closesOnly ? 8 : 40 + 8L * workload.vectors()) * d
                + Double.BYTES * workload.step().scratchValues(TensorLayout.flat((int) d))
                + (workload.database() == Database.H2 ? 24 : 48) * values;
        return resident + work + MIB;
    }

    /** Returns the bytes of the share {@code models}, with the default settings. */
    static long models(long heap) {
        long part = heap / PARTS;
        return Math.max(0, heap - Math.min(FIXED, heap / 2) - 11 * part - streams(part) - waiting(part));
    }

    private static long streams(long part) {
        return Math.min(EVENT_STREAMS, part);
    }

    private static long waiting(long part) {
        return Math.min(MAX_WAITING * WAITING_DEVICE, 8 * part - streams(part));
    }

    /** Returns the size in bytes of the largest message that fits into a heap. */
    static long maxMessage(Workload workload) {
        long values = workload.values();
        int valueBytes = workload.compressor().spec().coding() == ValueCoding.FLOAT64 ? Double.BYTES : Float.BYTES;
        return REST_OF_MESSAGE
                + valueBytes * values
                + Math.min(Integer.BYTES * values, workload.dimension() / Byte.SIZE);
    }

    /** Returns the smallest heap for a run, its messages, and its waiting devices. */
    static long smallest(Workload workload, long waiting) {
        long heap = STEP;
        while (!fits(workload, heap, waiting)) {
            heap += STEP;
        }
        return heap;
    }

    private static boolean fits(Workload workload, long heap, long waiting) {
        long part = heap / PARTS;
        long message = maxMessage(workload);
        return ofRun(workload) <= models(heap)
                && Math.min(waiting, MAX_WAITING) * WAITING_DEVICE <= waiting(part)
                && 2 * message + 12 * workload.values() <= 4 * part
                && message * 4 / 3 <= 2 * part;
    }
}
