package io.evenkeel.coordinator.model;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/**
 * Counts the bytes of models, updates and replicas served for each open round.
 *
 * <p>Counts in memory until the round's record is written, because a write for each download would be too
 * expensive. A restart loses the count of the open round, and each replica of the coordinator counts only its
 * own downloads. Thread-safe.
 */
@Component
public class Downlink {

    private final Map<Long, Counter> counters = new ConcurrentHashMap<>();
    private final Map<Long, Served> served = new ConcurrentHashMap<>();

    /** The byte count of the newest round that was requested. */
    private static final class Counter {
        final int round;
        final LongAdder bytes = new LongAdder();

        Counter(int round) {
            this.round = round;
        }
    }

    /** The totals of a run since the coordinator's start, including closed rounds. */
    private static final class Served {
        final LongAdder answers = new LongAdder();
        final LongAdder bytes = new LongAdder();
    }

    /** Counts the body of a response; the body of a closed round counts only in the run's totals. */
    void served(long run, int round, long body) {
        Served all = served.computeIfAbsent(run, key -> new Served());
        all.answers.increment();
        all.bytes.add(body);
        Counter counter = counters.compute(
                run, (key, newest) -> newest == null || newest.round < round ? new Counter(round) : newest);
        if (counter.round == round) {
            counter.bytes.add(body);
        }
    }

    /**
     * Returns the number of bytes that this coordinator has served for a run since the coordinator's start.
     */
    public long bytes(long run) {
        Served all = served.get(run);
        return all == null ? 0 : all.bytes.sum();
    }

    /** Returns the number of models, updates and replicas served for a run. */
    public long answers(long run) {
        Served all = served.get(run);
        return all == null ? 0 : all.answers.sum();
    }

    /** Returns the byte count of a closed round, and starts the count of the next one. */
    public long take(long run, int round) {
        Counter counted = counters.put(run, new Counter(round + 1));
        return counted == null || counted.round != round ? 0 : counted.bytes.sum();
    }
}
