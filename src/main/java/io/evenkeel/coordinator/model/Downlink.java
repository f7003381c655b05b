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
    private final Map<Long, Served> served = new ConcurrentHashMap<>();

    /** Counts for the newest round that was asked for, and for no other. */
    private static final class Counter {
        final int round;
        final LongAdder bytes = new LongAdder();

        Counter(int round) {
            this.round = round;
        }
    }

    /** All that was served of a run since the start, of closed rounds too. */
    private static final class Served {
        final LongAdder answers = new LongAdder();
        final LongAdder bytes = new LongAdder();
    }

    /** Counts an answer's body; for a round that is closed, in the run's total alone. */
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

    /** Returns the bytes that this coordinator has served of a run since it started. */
    public long bytes(long run) {
        Served all = served.get(run);
        return all == null ? 0 : all.bytes.sum();
    }

    /** Returns how many models, updates and replicas that was. */
    public long answers(long run) {
        Served all = served.get(run);
        return all == null ? 0 : all.answers.sum();
    }

    /** Returns what was counted for a round, which is now closed. */
    public long take(long run, int round) {
        Counter counted = counters.put(run, new Counter(round + 1));
        return counted == null || counted.round != round ? 0 : counted.bytes.sum();
    }
}
