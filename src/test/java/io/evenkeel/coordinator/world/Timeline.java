package io.evenkeel.coordinator.world;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/** The clock of a world, its future events, its transcript, and its random numbers. Not thread-safe. */
final class Timeline {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<String> transcript = new ArrayList<>();
    private long now;
    private long scheduled;

    Timeline(SplittableRandom random) {
        this.random = random;
    }

    /** An event at a time. Events at the same time happen in the order in which they were scheduled. */
    private record Event(long at, long number, Runnable action) implements Comparable<Event> {

        @Override
        public int compareTo(Event other) {
            return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
        }
    }

    /** Advances to the next event, and returns the elapsed time. {@link #happen} then runs the event. */
    Duration next() {
        long at = events.element().at();
        Duration passed = Duration.ofNanos(at - now);
        now = at;
        return passed;
    }

    /** Runs the event that is due. */
    void happen() {
        events.remove().action().run();
    }

    /** Schedules an action. */
    void after(Duration delay, Runnable action) {
        events.add(new Event(now + delay.toNanos(), scheduled++, action));
    }

    /** Schedules an action at a random time within some seconds. */
    void within(double seconds, Runnable action) {
        after(Duration.ofNanos(1 + (long) (random.nextDouble() * seconds * SECOND)), action);
    }

    /** Schedules an action at a random time within a duration. */
    void within(Duration longest, Runnable action) {
        within((double) longest.toSeconds(), action);
    }

    /** Adds a line to the transcript. */
    void say(String what) {
        transcript.add("%9.3f s  %s".formatted((double) now / SECOND, what));
    }

    /** Returns the elapsed time. */
    Duration passed() {
        return Duration.ofNanos(now);
    }

    /** Returns the time of a correct clock. */
    Instant now() {
        return Instant.EPOCH.plusNanos(now);
    }

    SplittableRandom random() {
        return random;
    }

    /** Returns the number of events so far. */
    long events() {
        return scheduled - events.size();
    }

    /** Returns the transcript, in order. */
    List<String> transcript() {
        return transcript;
    }
}
