package io.evenkeel.testkit.load;

import java.util.List;

/**
 * What a coordinator's metrics say of its heap.
 *
 * @param liveBytes what was left of the old generation by its last collection; 0 if there has been none
 * @param mostBytes the most that the heap may be
 */
record HeapFigures(long liveBytes, long mostBytes) {

    /** Takes them from metrics in Prometheus' text format. */
    static HeapFigures of(List<String> metrics) {
        return new HeapFigures(
                sum(metrics, "jvm_gc_live_data_size_bytes"), sum(metrics, "jvm_memory_max_bytes{area=\"heap\""));
    }

    /** Adds up what is known: where a part of the heap has no bound of its own, its value is negative. */
    private static long sum(List<String> metrics, String start) {
        return metrics.stream()
                .filter(line -> line.startsWith(start))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .filter(value -> value > 0)
                .sum();
    }
}
