package io.evenkeel.testkit.aggregation;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Adds up the processor time of parts of the calling thread's work. Used by one thread. */
final class ProcessorClock {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private long nanos;

    /** Work that may fail. */
    interface Work<T> {
        T run() throws Exception;
    }

    /** Runs work and adds its time. */
    <T> T time(Work<T> work) throws Exception {
        long start = THREADS.getCurrentThreadCpuTime();
        try {
            return work.run();
        } finally {
            nanos += THREADS.getCurrentThreadCpuTime() - start;
        }
    }

    double seconds() {
        return nanos / 1e9;
    }
}
