package io.evenkeel.coordinator.model;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.stereotype.Component;

/**
 * Counts the bytes of models, updates and replicas served for each open round.
 *
 * <p>Counts in memory until the round's record is written, since a write for each download would be too expensive. A restart loses
 * the count of the open round, and each replica of the coordinator counts its own downloads. Thread-safe.
 */
@Component
public class Downlink {

    private final Map<Long, Counter> counters = new ConcurrentHashMap<>();
    private final Map<Long, Served> served = new ConcurrentHashMap<>();

    /** The count of the newest requested round. */
    private static final class Counter {
        final int round;
        final LongAdder bytes = new LongAdder();

        Counter(int round) {
            this.round = round;
        }
    }

    /** The totals of a run since the start, including closed rounds. */
    private static final class Served {
        final LongAdder answers = new LongAdder();
        final LongAdder bytes = new LongAdder();
    }

    /** Counts a response's body; for a closed round, only in the run's total. */
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

    /** Returns the bytes that this coordinator has served of a run since its start. */
    public long bytes(long run) {
        Served all = served.get(run);
        return all == null ? 0 : all.bytes.sum();
    }

    /** Returns the number of models, updates and replicas served. */
    public long answers(long run) {
        Served all = served.get(run);
        return all == null ? 0 : all.answers.sum();
    }

    /** Returns the count of a round that was closed. */
    public long take(long run, int round) {
        Counter counted = counters.put(run, new Counter(round + 1));
        return counted == null || counted.round != round ? 0 : counted.bytes.sum();
    }
}
