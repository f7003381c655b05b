package io.evenkeel.testkit.load;

import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** The connections and timers of one thread. Not thread-safe. */
final class EventLoop implements AutoCloseable {

    private final Selector selector;
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::due));

    EventLoop() throws IOException {
        selector = Selector.open();
    }

    private record Timer(long due, Runnable work) {}

    Selector selector() {
        return selector;
    }

    /** Runs work after a delay. */
    void after(Duration pause, Runnable work) {
        timers.add(new Timer(System.nanoTime() + pause.toNanos(), work));
    }

    /** Handles ready connections and due timers; waits for them up to the given time. */
    void turn(long mostMillis) throws IOException {
        long now = System.nanoTime();
        while (!timers.isEmpty() && timers.peek().due() <= now) {
            timers.remove().work().run();
        }
        selector.select(key -> ((Connection) key.attachment()).ready(), Math.max(1, mostMillis));
    }

    @Override
    public void close() throws IOException {
        for (var key : selector.keys()) {
            ((Connection) key.attachment()).close();
        }
        selector.close();
    }
}
