package io.evenkeel.testkit.chaos;

import io.evenkeel.core.wire.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps every message that was sent and every receipt the coordinator gave, whether or not it reached the device: what it has
 * said once it has to stand by. Outlives all that is killed. Thread-safe.
 */
final class TrafficRecorder {

    private static final int SERVICE_UNAVAILABLE = 503;

    private final JsonMapper json = new JsonMapper();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Long, byte[]> messages = new HashMap<>();
    private final List<Accepted> receipts = new ArrayList<>();
    private final Set<Accepted> distinct = new HashSet<>();
    private final Map<Integer, Integer> perRound = new HashMap<>();
    private int newest;
    private long sent;
    private int refusals;
    private int unavailable;
    private boolean over;

    /** A request is on its way to the coordinator. */
    void sent(HttpText request) {
        if (request.isMessage()) {
            byte[] body = request.body();
            change(() -> {
                messages.put(Digest.of(body), body);
                sent++;
            });
        }
    }

    /** The coordinator answered. */
    void answered(HttpText request, HttpText answer) {
        if (answer.status() == SERVICE_UNAVAILABLE) {
            change(() -> unavailable++);
        }
        if (!request.isMessage()) {
            return;
        }
        if (answer.status() / 100 == 2) {
            Accepted receipt = receipt(json.readTree(answer.body()));
            received(receipt);
        } else {
            change(() -> refusals++);
        }
    }

    private static Accepted receipt(JsonNode fields) {
        return new Accepted(
                fields.path("client").asString(),
                fields.path("round").asInt(),
                fields.path("includedIn").asInt(),
                fields.path("sequence").asLong(),
                Digest.parseHex(fields.path("digest").asString()));
    }

    /** A receipt was given. */
    void received(Accepted receipt) {
        change(() -> {
            receipts.add(receipt);
            if (distinct.add(receipt)) {
                newest = Math.max(newest, receipt.includedIn());
                perRound.merge(receipt.includedIn(), 1, Integer::sum);
            }
        });
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The run is over: whoever waits need not wait any longer. */
    void end() {
        change(() -> over = true);
    }

    /** Tells whether it is. */
    boolean isOver() {
        return read(() -> over);
    }

    /** Waits until so many different messages were accepted; tells whether they were before the time was up. */
    boolean awaitAccepted(int count, Duration longest) throws InterruptedException {
        return await(() -> distinct.size() >= count, longest);
    }

    /** Waits until a round has a message; tells whether it had before the time was up. */
    boolean awaitRound(int round, Duration longest) throws InterruptedException {
        return await(() -> newest >= round, longest);
    }

    /** Waits until so many messages were sent on, repetitions included; tells whether they were before the time was up. */
    boolean awaitSent(long count, Duration longest) throws InterruptedException {
        return await(() -> sent >= count, longest);
    }

    /**
     * Waits for the message with which the newest round has as many as the round before had, which as a rule is its last; tells whether
     * it was accepted before the time was up.
     */
    boolean awaitFullRound(Duration longest) throws InterruptedException {
        int before = accepted();
        return await(
                () -> distinct.size() > before
                        && perRound.getOrDefault(newest, 0) >= perRound.getOrDefault(newest - 1, Integer.MAX_VALUE),
                longest);
    }

    private boolean await(BooleanSupplier holds, Duration longest) throws InterruptedException {
        long left = longest.toNanos();
        lock.lockInterruptibly();
        try {
            while (!holds.getAsBoolean()) {
                if (over || left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many different messages were accepted. */
    int accepted() {
        return read(distinct::size);
    }

    /** Returns the newest round that has a message. */
    int round() {
        return read(() -> newest);
    }

    /** Returns how many messages were sent on, repetitions included. */
    long sent() {
        return read(() -> sent);
    }

    /** Returns how many messages were refused. */
    int refusals() {
        return read(() -> refusals);
    }

    /** Returns how many requests of any kind were answered 503. */
    int unavailable() {
        return read(() -> unavailable);
    }

    /** Returns all receipts, repetitions included. */
    List<Accepted> receipts() {
        return read(() -> List.copyOf(receipts));
    }

    /** Returns the different ones among them. */
    Set<Accepted> distinct() {
        return read(() -> Set.copyOf(distinct));
    }

    /** Returns the messages' bytes by their digests. */
    Map<Long, byte[]> messages() {
        return read(() -> Map.copyOf(messages));
    }

    private <T> T read(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }
}
