package io.evenkeel.testkit.chaos;

import io.evenkeel.core.wire.Digest;
import io.evenkeel.testkit.chaos.proxy.HttpText;
import io.evenkeel.testkit.chaos.proxy.Monitor;
import io.evenkeel.testkit.chaos.proxy.TrafficListener;
import io.evenkeel.testkit.chaos.verdict.Accepted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Records every message sent and every receipt that the coordinator returned, whether or not it reached the
 * device, so that the receipts can be compared with the result. Thread-safe.
 */
final class TrafficRecorder implements TrafficListener {

    private static final int OK = 200;
    private static final int SERVICE_UNAVAILABLE = 503;

    private final JsonMapper json = new JsonMapper();
    private final Monitor monitor = new Monitor();
    private final Map<Long, byte[]> messages = new HashMap<>();
    private final List<Accepted> receipts = new ArrayList<>();
    private final Set<Accepted> distinct = new HashSet<>();
    private final Map<Integer, Integer> perRound = new HashMap<>();
    private int newest;
    private int accepted;
    private int lost;
    private int losses;
    private long sent;
    private int refusals;
    private int unavailable;

    @Override
    public void sent(HttpText request, int port) {
        if (request.isMessage()) {
            byte[] body = request.body();
            monitor.change(() -> {
                if (!request.isStep()) {
                    messages.put(Digest.of(body), body);
                }
                sent++;
            });
        }
    }

    @Override
    public void answered(HttpText request, HttpText answer) {
        if (answer.status() == SERVICE_UNAVAILABLE) {
            monitor.change(() -> unavailable++);
        }
        if (request.isOutcome() && answer.status() == OK) {
            JsonNode outcome = json.readTree(answer.body());
            if (outcome.path("included").asBoolean()) {
                received(receipt(outcome.path("receipt")));
            }
        }
        if (!request.isMessage() || (request.isStep() && answer.status() / 100 == 2)) {
            return;
        }
        if (answer.status() / 100 == 2) {
            Accepted receipt = receipt(json.readTree(answer.body()));
            received(receipt);
        } else {
            monitor.change(() -> refusals++);
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

    void received(Accepted receipt) {
        monitor.change(() -> {
            receipts.add(receipt);
            if (distinct.add(receipt)) {
                accepted++;
                newest = Math.max(newest, receipt.includedIn());
                perRound.merge(receipt.includedIn(), 1, Integer::sum);
            }
        });
    }

    /** Records that the run is over, and wakes waiting threads. */
    void end() {
        monitor.end();
    }

    /** Returns whether the run is over. */
    boolean isOver() {
        return monitor.isEnded();
    }

    /** Waits until {@code count} messages were accepted; returns false after the timeout. */
    boolean awaitAccepted(int count, Duration longest) throws InterruptedException {
        return monitor.await(() -> accepted >= count, longest);
    }

    /** Waits until a round has a message; returns false after the timeout. */
    boolean awaitRound(int round, Duration longest) throws InterruptedException {
        return monitor.await(() -> newest >= round, longest);
    }

    /** Waits until {@code count} messages were sent, including repetitions; returns false after the timeout. */
    boolean awaitSent(long count, Duration longest) throws InterruptedException {
        return monitor.await(() -> sent >= count, longest);
    }

    /**
     * Waits until the newest round has the number of messages of the previous one, usually all of them; returns false
     * after the timeout.
     */
    boolean awaitFullRound(Duration longest) throws InterruptedException {
        int before = accepted();
        return monitor.await(
                () -> accepted > before
                        && perRound.getOrDefault(newest, 0) >= perRound.getOrDefault(newest - 1, Integer.MAX_VALUE),
                longest);
    }

    /** Returns the number of accepted messages; one that was lost and accepted again counts twice. */
    int accepted() {
        return monitor.read(() -> accepted);
    }

    /** Removes the receipts of messages that the coordinator lost when its database was restored. */
    void lose(Set<Accepted> messages) {
        monitor.change(() -> {
            receipts.removeIf(messages::contains);
            distinct.removeAll(messages);
            lost += messages.size();
            losses++;
            perRound.clear();
            distinct.forEach(receipt -> perRound.merge(receipt.includedIn(), 1, Integer::sum));
            newest = perRound.keySet().stream().mapToInt(round -> round).max().orElse(0);
        });
    }

    /** Returns the number of times that messages were lost. */
    int losses() {
        return monitor.read(() -> losses);
    }

    /** Returns the number of messages that were lost with a receipt. */
    int lost() {
        return monitor.read(() -> lost);
    }

    /** Returns the newest round that has a message. */
    int round() {
        return monitor.read(() -> newest);
    }

    /** Returns the number of messages sent, including repetitions. */
    long sent() {
        return monitor.read(() -> sent);
    }

    /** Returns the number of refused messages. */
    int refusals() {
        return monitor.read(() -> refusals);
    }

    /** Returns the number of requests of any kind with status 503. */
    int unavailable() {
        return monitor.read(() -> unavailable);
    }

    /** Returns all receipts, including repetitions. */
    List<Accepted> receipts() {
        return monitor.read(() -> List.copyOf(receipts));
    }

    Set<Accepted> distinct() {
        return monitor.read(() -> Set.copyOf(distinct));
    }

    Map<Long, byte[]> messages() {
        return monitor.read(() -> Map.copyOf(messages));
    }
}
