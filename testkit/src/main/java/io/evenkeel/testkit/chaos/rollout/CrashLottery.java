package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.client.Request;
import io.evenkeel.client.Response;
import io.evenkeel.client.Transport;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.testkit.chaos.device.WatchedStore;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** Draws, from a seed, the steps at which a device that follows an alias is killed. Thread-safe. */
final class CrashLottery {

    private final SplitMix64 random;
    private final int oneIn;
    private boolean isOpen;
    private final Map<Step, Integer> done = new EnumMap<>(Step.class);

    /**
     * @param seed the seed of the draws
     * @param oneIn the mean number of steps between two kills of a device
     */
    CrashLottery(long seed, int oneIn) {
        this.random = new SplitMix64(seed);
        this.oneIn = oneIn;
    }

    /** A step of a device. */
    enum Step {
        BEFORE_WRITING,
        AFTER_WRITING,
        BEFORE_DELETING,
        AFTER_DELETING,
        BEFORE_SENDING,
        AFTER_ANSWER
    }

    /** Ends a device's thread where its process would have been killed. An error, so that the SDK does not catch it. */
    static final class DeviceKilled extends Error {

        private static final long serialVersionUID = 1L;

        DeviceKilled(Step step) {
            super("killed " + step, null, false, false);
        }
    }

    /**
     * Starts drawing. Before that no device is killed: a device that is killed before it has saved its credentials
     * would enrol again, and its first registration would never send requests.
     */
    synchronized void open() {
        isOpen = true;
    }

    /**
     * Draws at a step.
     *
     * @throws DeviceKilled if the device is killed here
     */
    synchronized void reached(Step step) {
        if (isOpen && random.next(oneIn) == 0) {
            done.merge(step, 1, Integer::sum);
            throw new DeviceKilled(step);
        }
    }

    /** Draws at a step of the device's store. */
    void stored(WatchedStore.Kind kind, String name, boolean done) {
        reached(
                kind == WatchedStore.Kind.DELETE
                        ? done ? Step.AFTER_DELETING : Step.BEFORE_DELETING
                        : done ? Step.AFTER_WRITING : Step.BEFORE_WRITING);
    }

    /** Forwards a request, and draws before and after it if it is a report. */
    Response exchange(Transport link, Request request) throws IOException, InterruptedException {
        boolean reports = request.uri().getPath().endsWith("/reports/me");
        if (reports) {
            reached(Step.BEFORE_SENDING);
        }
        Response answer = link.exchange(request);
        if (reports) {
            reached(Step.AFTER_ANSWER);
        }
        return answer;
    }

    /** Returns the number of kills so far by step. */
    synchronized Map<Step, Integer> done() {
        return new EnumMap<>(done);
    }
}
