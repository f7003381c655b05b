package io.evenkeel.testkit.load;

import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** One thread's connections and timers. Not thread-safe. */
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

    /** Does work after a while. */
    void after(Duration pause, Runnable work) {
        timers.add(new Timer(System.nanoTime() + pause.toNanos(), work));
    }

    /** Does what there is to do, waiting for it that long at most. */
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
