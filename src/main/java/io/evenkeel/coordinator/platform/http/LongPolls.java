package io.evenkeel.coordinator.platform.http;

import io.evenkeel.coordinator.platform.HeapBudget;
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
 * Holds requests that wait for an answer without a thread each, in groups such as runs. Each takes a place of the {@link Limit}.
 * Thread-safe.
 *
 * <p>A request enters before its answer is looked for, and its whole group is looked at after each change. So no change is missed.
 *
 * @param <Q> what is asked
 * @param <T> the response's body
 */
public final class LongPolls<Q, T> {

    private static final Duration MAX_WAIT = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofSeconds(10);

    /** The longest time to an answer. */
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

    /** Limits the number of long polls of all kinds by their share of the heap. Thread-safe. */
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

        /** Takes a place; returns false if all are taken. */
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

        /** Returns whether a caller waits in a long poll now. */
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

    /** A request. */
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
            // endOverdue ends waits; the servlet container's timeout is only a fallback.
            this.response = new PendingResponse<>(timeout.plus(GRACE), () -> nothing.apply(this));
        }

        public Q question() {
            return question;
        }

        /** Returns the time that the caller waits; zero to take what there is now. */
        public Duration timeout() {
            return timeout;
        }

        public void answer(ResponseEntity<T> found) {
            response.answer(found);
        }

        public void refuse(RuntimeException problem) {
            response.refuse(problem);
        }

        /** Answers that there is nothing. */
        public void end() {
            answer(nothing.apply(this));
        }
    }

    /**
     * Answers a request now, or lets it wait.
     *
     * @param wait the time to wait, limited to a minute; none when the coordinator stops
     * @param nothing the answer after the wait
     * @param look looks for the answer, and {@link #enter enters} the request to let it wait; what it throws is the answer
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
     * Lets a request wait in a group.
     *
     * @param caller has one request in a group: a newer one ends the older one; null if there may be more
     * @return false if the request is not to wait, or no place is free
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

    /** Refuses all requests of a group, which is gone. */
    public void refuse(long group, Supplier<? extends RuntimeException> problem) {
        Set<Poll<Q, T>> gone = groups.remove(group);
        if (gone != null) {
            gone.forEach(poll -> poll.refuse(problem.get()));
        }
    }

    /** Ends the waits whose time is over. */
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

    /** Ends all waits; from now on no request waits. Before the web server waits for its requests to end. */
    public void close() {
        closing = true;
        forEach(Poll::end);
    }

    private void forEach(Consumer<Poll<Q, T>> action) {
        groups.values().forEach(polls -> polls.forEach(action));
    }
}
