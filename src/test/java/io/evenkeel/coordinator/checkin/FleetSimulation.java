package io.evenkeel.coordinator.checkin;

import io.evenkeel.engine.checkin.ActivityWindow;
import io.evenkeel.engine.checkin.PaceSteering;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * Simulates, second by second and from a seed, a fleet that checks in at a coordinator with {@link PaceSteering}. A
 * round accepts a number of messages. A device that checks in while the open round needs more messages takes part, and
 * sends three more requests (task, model, message). The devices behave like the SDKs and repeat a failed request after
 * a delay. The delay is the longest of the last four pauses, or a backoff of up to five minutes if that is longer,
 * times 0.5 to 1.5.
 */
final class FleetSimulation {

    static final int MINUTE = 60;
    static final int HOUR = 3600;
    private static final int COUNT_EVERY = MINUTE;
    private static final int REMEMBERED = 4;
    private static final int BACKOFF = 300;
    private static final int GONE = -1;
    private static final int TRAINING = 30;

    private final int devices;
    private final int perRound;
    private final double goal;
    private final int seconds;
    private final Random random = new Random(7);
    private final int[] heads;
    private final int[] next;
    private final int[] lastSeen;
    private final short[][] pauses;
    private final byte[] failures;
    private final boolean[] present;
    private final ActivityWindow window = new ActivityWindow(Instant.EPOCH);
    private DistinctCount recent = new DistinctCount();
    private double counted;
    private int wanted;

    final int[] checkIns;
    final int[] failed;
    final int[] rounds;

    FleetSimulation(int devices, int perRound, double goal, int seconds) {
        this.devices = devices;
        this.perRound = perRound;
        this.goal = goal;
        this.seconds = seconds;
        heads = new int[seconds];
        Arrays.fill(heads, GONE);
        next = new int[devices];
        lastSeen = new int[devices];
        Arrays.fill(lastSeen, Integer.MIN_VALUE);
        pauses = new short[REMEMBERED][devices];
        failures = new byte[devices];
        present = new boolean[devices];
        checkIns = new int[seconds];
        failed = new int[seconds];
        rounds = new int[seconds];
        wanted = perRound;
    }

    /** Schedules each device's first check-in; a second after the end means never. */
    FleetSimulation arriving(IntUnaryOperator second) {
        for (int device = 0; device < devices; device++) {
            present[device] = true;
            at(device, second.applyAsInt(device));
        }
        return this;
    }

    /** Initializes a fleet in its steady state: all devices were seen within a day, and know their last pauses. */
    FleetSimulation inSteadyState() {
        double mean = devices / goal;
        for (int device = 0; device < devices; device++) {
            lastSeen[device] = -1;
            for (short[] pause : pauses) {
                pause[device] = (short) Math.min(Short.MAX_VALUE, pause(mean));
            }
        }
        counted = devices;
        return this;
    }

    /** Returns a random pause; tests also use it as an arrival time. */
    int pause(double mean) {
        return (int) PaceSteering.pause(Duration.ofMillis((long) (1000 * mean)), random);
    }

    int uniform(int bound) {
        return random.nextInt(bound);
    }

    /**
     * Runs the simulation.
     *
     * @param downFrom the first second in which the coordinator is unreachable
     * @param downTo the first second in which it is reachable again
     * @param leaves the second in which a device leaves permanently; a second after the end means never
     */
    FleetSimulation run(int downFrom, int downTo, IntUnaryOperator leaves) {
        for (int now = 0; now < seconds; now++) {
            boolean isDown = now >= downFrom && now < downTo;
            if (now % COUNT_EVERY == 0) {
                count(now);
            }
            for (int device = heads[now]; device != GONE; ) {
                int following = next[device];
                if (leaves.applyAsInt(device) > now) {
                    come(device, now, isDown);
                }
                device = following;
            }
            if (wanted <= 0) {
                rounds[now]++;
                wanted = perRound;
            }
        }
        return this;
    }

    private void come(int device, int now, boolean isDown) {
        if (isDown) {
            failed[now]++;
            failures[device] = (byte) Math.min(10, failures[device] + 1);
            int longest = 0;
            for (short[] pause : pauses) {
                longest = Math.max(longest, pause[device]);
            }
            double wait = Math.max(longest, Math.min(BACKOFF, 1 << failures[device]));
            at(device, now + Math.max(1, (int) (wait * (0.5 + random.nextDouble()))));
            return;
        }
        failures[device] = 0;
        lastSeen[device] = now;
        recent.add(Integer.toString(device, 32));
        checkIns[now]++;
        boolean works = wanted > 0;
        if (works) {
            wanted--;
        }
        double active = Math.max(counted, recent.estimate());
        Duration mean = new PaceSteering(goal, active, active).mean(true, Duration.ZERO, Duration.ZERO);
        int pause = (int) PaceSteering.pause(mean, random);
        for (int i = REMEMBERED - 1; i > 0; i--) {
            pauses[i][device] = pauses[i - 1][device];
        }
        pauses[0][device] = (short) Math.min(Short.MAX_VALUE, pause);
        at(device, now + pause + (works ? TRAINING : 0));
    }

    private void at(int device, int second) {
        if (second < seconds) {
            next[device] = heads[second];
            heads[second] = device;
        }
    }

    private void count(int now) {
        boolean anybody = recent.estimate() > 0;
        double active = Math.max(counted, recent.estimate());
        Duration longest = new PaceSteering(goal, active, active)
                .mean(true, Duration.ZERO, Duration.ZERO)
                .multipliedBy(PaceSteering.MAX_MULTIPLE);
        Duration length = longest.toSeconds() > HOUR ? longest : Duration.ofSeconds(HOUR);
        long since =
                window.since(Instant.EPOCH.plusSeconds(now), anybody, length).getEpochSecond();
        recent = new DistinctCount();
        int seen = 0;
        for (int last : lastSeen) {
            if (last != Integer.MIN_VALUE && last >= since) {
                seen++;
            }
        }
        counted = seen;
    }

    /** Returns the maximum rate per second over whole minutes in a range of seconds. */
    static double peak(int[] counts, int from, int to) {
        double peak = 0;
        for (int minute = from; minute + MINUTE <= to; minute += MINUTE) {
            peak = Math.max(peak, mean(counts, minute, minute + MINUTE));
        }
        return peak;
    }

    static double mean(int[] counts, int from, int to) {
        return Arrays.stream(counts, from, to).sum() / (double) (to - from);
    }
}
