package io.evenkeel.coordinator.event;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/**
 * Counts refused messages in memory and adds them to the database every two seconds, so that a hostile device does not
 * cause a write for each message. A crash loses the counts since the last write. Thread-safe.
 */
@Component
public class RefusalCounts extends BackgroundWork {

    private static final Duration PERIOD = Duration.ofSeconds(2);

    private final Map<Key, AtomicLong> counts = new ConcurrentHashMap<>();
    private final RefusalTable table;

    private record Key(long run, String reason) {}

    RefusalCounts(RefusalTable table, FailureLog failures) {
        super("refusals", PERIOD, failures);
        this.table = table;
    }

    /**
     * Counts a refused message.
     *
     * @param run the key of an existing run
     * @param reason a name from a fixed list
     */
    public void count(long run, String reason) {
        counts.computeIfAbsent(new Key(run, reason), key -> new AtomicLong()).incrementAndGet();
    }

    @Override
    protected void work() {
        for (Key key : List.copyOf(counts.keySet())) {
            AtomicLong count = counts.get(key);
            long counted = count == null ? 0 : count.get();
            if (count != null && counted > 0) {
                table.add(key.run(), key.reason(), counted);
                count.addAndGet(-counted);
            }
        }
    }

    /** Writes the remaining counts. */
    @Override
    public synchronized void stop() {
        boolean running = isRunning();
        super.stop();
        if (running) {
            work();
        }
    }

    /** Stops after the web server. */
    @Override
    public int getPhase() {
        return 0;
    }
}
