package io.evenkeel.coordinator.platform.http;

import io.evenkeel.core.heap.HeapBudget;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Holds waiting requests without using a thread for each. Requests are grouped, for example by run. Each
 * request counts towards the {@link Limit}. Thread-safe.
 *
 * <p>No change is missed, because a request is registered before its answer is looked up, and its whole group
 * is checked after each change.
 *
 * @param <Q> the type of the requests' content
 * @param <T> the response's body
 */
public final class LongPolls<Q, T> {

    private static final Duration MAX_WAIT = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** The maximum wait. */
    public static final Duration MAX_ANSWER = MAX_WAIT.plus(GRACE);

    private final Limit limit;
    private final Clock clock;
    private final Map<Long, Set<Poll<Q, T>>> groups = new ConcurrentHashMap<>();
    private final Map<Caller, Poll<Q, T>> newest = new ConcurrentHashMap<>();
    private volatile boolean closing;

    public LongPolls(Limit limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /** Limits the number of long polls of all kinds according to their share of the heap. Thread-safe. */
    @Component
    public static final class Limit implements MeterBinder {

        private final int max;
        private final AtomicInteger taken = new AtomicInteger();
        private final Map<String, Integer> waiting = new ConcurrentHashMap<>();

        @Autowired
        Limit(HeapBudget budget) {
            this((int) Math.min(
                    Integer.MAX_VALUE, budget.of(HeapBudget.Share.WAITING_DEVICES) / PendingResponse.REQUEST_BYTES));
        }

        Limit(int max) {
            this.max = max;
        }

        /** Takes a slot; returns false if all are taken. */
        boolean take() {
            if (taken.incrementAndGet() > max) {
                taken.decrementAndGet();
                return false;
            }
            return true;
        }

        void free() {
            taken.decrementAndGet();
        }

        int max() {
            return max;
        }

        private void begin(String caller) {
            waiting.merge(caller, 1, Integer::sum);
        }

        private void end(String caller) {
            waiting.computeIfPresent(caller, (key, requests) -> requests == 1 ? null : requests - 1);
        }

        /** Returns whether a caller is waiting in a long poll. */
        public boolean isWaiting(String caller) {
            return waiting.containsKey(caller);
        }

        @Override
        public void bindTo(MeterRegistry registry) {
            Gauge.builder("evenkeel.waiting.devices", taken, AtomicInteger::get)
                    .description("Devices waiting for work in a long poll")
                    .register(registry);
        }
    }

    /** A caller in a group. */
    private record Caller(long group, String name) {}

    /** A long poll. */
    public static final class Poll<Q, T> {

        private final Q question;
        private final Duration timeout;
        private final Instant until;
        private final Function<Poll<Q, T>, ResponseEntity<T>> nothing;
        private final PendingResponse<T> response;

        private Poll(Q question, Duration timeout, Instant until, Function<Poll<Q, T>, ResponseEntity<T>> nothing) {
            this.question = question;
            this.timeout = timeout;
            this.until = until;
            this.nothing = nothing;
            // Normally endOverdue ends the wait; the servlet container's timeout is only a fallback.
            this.response = new PendingResponse<>(timeout.plus(GRACE), () -> nothing.apply(this));
        }

        public Q question() {
            return question;
        }

        /** Returns how long the caller waits; zero if it wants the current answer. */
        public Duration timeout() {
            return timeout;
        }

        public void answer(ResponseEntity<T> found) {
            response.answer(found);
        }

        public void refuse(RuntimeException problem) {
            response.refuse(problem);
        }

        /** Ends the wait without a result. */
        public void end() {
            answer(nothing.apply(this));
        }
    }

    /**
     * Answers a request now, or suspends it.
     *
     * @param wait the time to wait, at most a minute; zero is used instead while the coordinator stops
     * @param nothing the answer when the wait times out
     * @param look looks up the answer, and calls {@link #enter} if the request should wait; an exception
     *     becomes the answer
     */
    public PendingResponse<T> ask(
            Q question, Duration wait, Function<Poll<Q, T>, ResponseEntity<T>> nothing, Consumer<Poll<Q, T>> look) {
        Duration limited = closing ? Duration.ZERO : wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
        Poll<Q, T> poll = new Poll<>(question, limited, clock.instant().plus(limited), nothing);
        try {
            look.accept(poll);
            if (closing) {
                poll.end();
            }
        } catch (RuntimeException e) {
            poll.refuse(e);
        }
        return poll.response;
    }

    /**
     * Registers a waiting request in a group.
     *
     * @param caller the caller, which has at most one request per group, so that a new request ends an older
     *     one; null for no such limit
     * @return false if the request does not want to wait, or no slot is free
     */
    public boolean enter(Poll<Q, T> poll, long group, @Nullable String caller) {
        if (poll.timeout.isZero() || !limit.take()) {
            return false;
        }
        Set<Poll<Q, T>> polls = Objects.requireNonNull(groups.compute(group, (key, known) -> {
            Set<Poll<Q, T>> all = known == null ? ConcurrentHashMap.newKeySet() : known;
            all.add(poll);
            return all;
        }));
        if (caller != null) {
            limit.begin(caller);
        }
        poll.response.onceDone(() -> {
            if (caller != null) {
                newest.remove(new Caller(group, caller), poll);
                limit.end(caller);
            }
            if (polls.remove(poll)) {
                limit.free();
                groups.computeIfPresent(group, (key, rest) -> rest.isEmpty() ? null : rest);
            }
        });
        Poll<Q, T> older = caller == null ? null : newest.put(new Caller(group, caller), poll);
        if (older != null) {
            older.end();
        }
        return true;
    }

    /** Returns the maximum number of long polls of all kinds. */
    public int max() {
        return limit.max();
    }

    /** Returns the groups in which requests wait. */
    public Set<Long> groups() {
        return groups.keySet();
    }

    /** Returns the requests that wait in a group. */
    public List<Poll<Q, T>> in(long group) {
        return List.copyOf(groups.getOrDefault(group, Set.of()));
    }

    /** Refuses all requests of a group that no longer exists. */
    public void refuse(long group, Supplier<? extends RuntimeException> problem) {
        Set<Poll<Q, T>> gone = groups.remove(group);
        if (gone != null) {
            gone.forEach(poll -> poll.refuse(problem.get()));
        }
    }

    /** Ends the waits that have timed out. */
    public void endOverdue() {
        Instant now = clock.instant();
        forEach(poll -> {
            if (!now.isBefore(poll.until)) {
                poll.end();
            }
        });
    }

    /** Returns the number of waiting requests. */
    public int count() {
        return groups.values().stream().mapToInt(Set::size).sum();
    }

    /** Ends all waits and prevents new ones, before the web server waits for its requests to end. */
    public void close() {
        closing = true;
        forEach(Poll::end);
    }

    private void forEach(Consumer<Poll<Q, T>> action) {
        groups.values().forEach(polls -> polls.forEach(action));
    }
}
