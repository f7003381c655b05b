package io.evenkeel.coordinator.model;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/**
 * Counts the bytes of models, updates and replicas served for each open round.
 *
 * <p>In memory, until the round's record takes them over: a write for each download would cost more than the figure is worth. A
 * restart within a round loses what was counted, and each replica of the coordinator counts its own. Thread-safe.
 */
@Component
public class Downlink {

    private final Map<Long, Counter> counters = new ConcurrentHashMap<>();

    /** Counts for the newest round that was asked for, and for no other. */
    private static final class Counter {
        final int round;
        final LongAdder bytes = new LongAdder();

        Counter(int round) {
            this.round = round;
        }
    }

    /** Counts an answer's body; what is served of a closed round is no longer counted. */
    void served(long run, int round, long body) {
        Counter counter = counters.compute(
                run, (key, newest) -> newest == null || newest.round < round ? new Counter(round) : newest);
        if (counter.round == round) {
            counter.bytes.add(body);
        }
    }

    /** Returns what was counted for a round, which is now closed. */
    public long take(long run, int round) {
        Counter counted = counters.put(run, new Counter(round + 1));
        return counted == null || counted.round != round ? 0 : counted.bytes.sum();
    }
}
