package io.evenkeel.testkit.load;

import java.util.List;

/**
 * The heap figures of a coordinator, from its metrics.
 *
 * @param liveBytes the size of the old generation after its last collection; 0 if there was none
 * @param mostBytes the maximum heap size
 */
record HeapFigures(long liveBytes, long mostBytes) {

    /** Reads the figures from metrics in Prometheus' text format. */
    static HeapFigures of(List<String> metrics) {
        return new HeapFigures(
                sum(metrics, "jvm_gc_live_data_size_bytes"), sum(metrics, "jvm_memory_max_bytes{area=\"heap\""));
    }

    /** Adds up the known values; a part of the heap without a limit has a negative value. */
    private static long sum(List<String> metrics, String start) {
        return metrics.stream()
                .filter(line -> line.startsWith(start))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .filter(value -> value > 0)
                .sum();
    }
}
