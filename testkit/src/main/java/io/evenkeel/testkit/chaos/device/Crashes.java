package io.evenkeel.testkit.chaos.device;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import io.evenkeel.testkit.chaos.run.DiskRecovery;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The planned crashes and changes of one device, in order. The client's thread triggers them; other threads may read
 * those that have happened.
 */
public final class Crashes {

    /**
     * A planned crash.
     *
     * @param round the round of the crash, or the next one in which the device takes part
     * @param point the point in that round
     */
    public record Crash(int round, CrashPoint point) {}

    private static final int OK = 200;
    private static final String STAGED = ".staged";
    private static final String REVEALED = ".revealed";

    private final Deque<Crash> ahead;
    private final Deque<Change> changesAhead;
    private final Map<CrashPoint, Integer> done = new EnumMap<>(CrashPoint.class);
    private final List<Change> changed = new ArrayList<>();
    private final List<DiskRecovery> recoveries = new ArrayList<>();
    private int round = -1;
    private boolean committed;

    public Crashes(Collection<Crash> planned, Collection<Change> changes) {
        this.ahead = new ArrayDeque<>(planned);
        this.changesAhead = new ArrayDeque<>(changes);
    }

    /** Records that the device begins a round. */
    synchronized void begin(int started) {
        round = started;
    }

    /**
     * Records that the device has reached a point, and crashes it if planned.
     *
     * @throws SimulatedCrash if a crash is planned here
     */
    synchronized void reached(CrashPoint point) {
        committed |= point == CrashPoint.AFTER_COMMIT;
        Change change = changesAhead.peek();
        // The round is still open if it cannot close without this device's message.
        if (change != null && isDue(change, point)) {
            changesAhead.remove();
            changed.add(new Change(change.device(), change.kind(), round));
            throw new SimulatedCrash(change.kind());
        }
        Crash next = ahead.peek();
        if (next != null && next.point() == point && next.round() <= round) {
            ahead.remove();
            done.merge(point, 1, Integer::sum);
            throw new SimulatedCrash(point);
        }
    }

    /** Records a step of the device's store; the record's name identifies the step. */
    void stored(WatchedStore.Kind kind, String name, boolean done) {
        if (kind == WatchedStore.Kind.WRITE && name.endsWith(STAGED)) {
            reached(done ? CrashPoint.AFTER_STAGING : CrashPoint.BEFORE_STAGING);
        } else if (kind == WatchedStore.Kind.WRITE && done && name.endsWith(REVEALED)) {
            reached(CrashPoint.BEFORE_REVEALS);
        } else if (kind == WatchedStore.Kind.RENAME && name.endsWith(STAGED)) {
            reached(done ? CrashPoint.AFTER_COMMIT : CrashPoint.BEFORE_COMMIT);
        }
    }

    /** Forwards a request, and records the arrival of its response. */
    Response exchange(Transport link, Request request) throws IOException, InterruptedException {
        Consumer<byte[]> taker = request.firstLine();
        Response answer = link.exchange(
                taker == null
                        ? request
                        : request.firstLine(receipt -> {
                            reached(CrashPoint.AFTER_SENDING);
                            taker.accept(receipt);
                        }));
        // The response to a repeated message contains only its receipt.
        if (answer.isSuccess() && !answer.isLines()) {
            CrashPoint.after(request).ifPresent(this::reached);
        }
        boolean isOutcome = request.uri().getPath().endsWith("/outcome/me");
        if (isOutcome && answer.status() == OK) {
            reached(CrashPoint.AFTER_SENDING);
        }
        return answer;
    }

    /** Returns the device's current round. */
    synchronized int round() {
        return round;
    }

    /** Returns the number of crashes so far by point. */
    public synchronized Map<CrashPoint, Integer> done() {
        return new EnumMap<>(done);
    }

    /** A device without a message in a sum has no state to lose. */
    private boolean isDue(Change change, CrashPoint point) {
        return point == change.kind().point()
                && change.round() <= round
                && (committed || !change.kind().losesDisk());
    }

    /** Records how the device recovered from the loss of its disk. */
    synchronized void recovered(DiskRecovery recovery) {
        recoveries.add(recovery);
    }

    /** Returns how the device recovered from each loss of its disk. */
    public synchronized List<DiskRecovery> recoveries() {
        return List.copyOf(recoveries);
    }

    /** Returns the changes made so far, with their rounds. */
    public synchronized List<Change> changed() {
        return List.copyOf(changed);
    }
}
