package io.evenkeel.trial.fleet;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.engine.checkin.PaceSteering;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.run.RunState;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a run with a fleet, event by event in virtual time, from a seed: the same arguments give the same result on
 * every machine.
 *
 * <p>A device that is online checks in, as the SDKs do with {@code work}. It joins the run, or answers the open round
 * if the round selects it: it fetches the task and the model, computes, and sends a message. Then it pauses for the
 * time that the coordinator requests. In a fleet too small to reach the target rate of check-ins, a device waits for
 * work for up to half a minute. A device that goes offline or drops out before it has sent the message loses the
 * message. During the first cycle devices only join; then the run starts.
 *
 * <p>The engine decides which members a round selects, which messages are accepted, when a round closes or is
 * extended, and for how long devices pause. The queue contains only the next event of each device. Nothing is
 * trained, and messages have no content.
 */
public final class RunSimulation {

    /** The maximum number of devices. */
    public static final int MAX_DEVICES = 4_000_000;

    /** The maximum time that a device's request waits for work, in milliseconds. */
    private static final long LONG_POLL = PaceSteering.LONG_POLL.toMillis();

    private static final long BUSY = 1000;

    /**
     * A round open for more than this number of cycles, or this multiple of its own maximum duration if that is longer,
     * counts as stuck.
     */
    private static final int MAX_CYCLES = 7;

    private static final long MILLIS = 1000;
    private static final byte OFFLINE = 0;
    private static final byte PAUSING = 1;
    private static final byte WAITING = 2;
    private static final byte WORKING = 3;
    private static final byte LOSING = 4;

    private final Availability availability;
    private final SimulationSettings settings;
    private final IntConsumer progress;
    private final SimulatedFleet fleet;
    private final SimulatedCoordinator coordinator;
    private final SimulatedPace pace;
    private final RoundLog rounds = new RoundLog();
    private final TrafficLog checkIns;
    private final TrafficLog messages;
    private final RandomGenerator random;
    private final BitSet admitted = new BitSet();
    private final DeviceQueue queue = new DeviceQueue();
    private final byte[] states;
    private final long[] due;
    private final long[] offlineAt;
    private final int[] works;
    private final int[] models;
    private final int[] pauses;
    private final BitSet waiting = new BitSet();
    private long now;
    private long startedAt = SimulatedFleet.NEVER;
    private long lookAt;
    private boolean isOver;
    private boolean isStuck;

    /** The mean pauses of a device that the run admits, without and with waiting. Null if they may have changed. */
    private final @Nullable Duration[] usual = new @Nullable Duration[2];

    private RunSimulation(
            ValidatedPlan plan,
            RoundRules rules,
            Availability availability,
            int devices,
            SimulationSettings settings,
            IntConsumer progress) {
        this.availability = availability;
        this.settings = settings;
        this.progress = progress;
        fleet = new SimulatedFleet(availability, devices, settings.seed());
        coordinator = new SimulatedCoordinator(plan, rules, fleet, settings, rounds);
        for (int device = 0; device < devices; device++) {
            admitted.set(device, coordinator.admits(device));
        }
        pace = new SimulatedPace(devices, settings.checkInsPerSecond(), (double) admitted.cardinality() / devices);
        checkIns = new TrafficLog(availability.cycle());
        messages = new TrafficLog(availability.cycle());
        SplitMix64 bits = new SplitMix64(SplitMix64.derive(settings.seed(), 3));
        random = bits::next;
        states = new byte[devices];
        due = new long[devices];
        offlineAt = new long[devices];
        works = new int[devices];
        models = new int[devices];
        pauses = new int[devices];
    }

    /**
     * Runs a simulation.
     *
     * @param plan a run without secure aggregation, without a crossover experiment and without an upstream run
     * @param rules the rules that its rounds follow, such as those of the plan
     * @param devices 1 to {@value #MAX_DEVICES}
     * @param progress repeatedly receives the number of closed rounds during the simulation
     */
    public static Result run(
            ValidatedPlan plan,
            RoundRules rules,
            Availability availability,
            int devices,
            SimulationSettings settings,
            IntConsumer progress) {
        RunSimulation simulation = new RunSimulation(plan, rules, availability, devices, settings, progress);
        simulation.run();
        return simulation.result();
    }

    /**
     * The result of a simulation.
     *
     * @param devices the number of devices
     * @param members the number of devices that had joined at the end
     * @param cycle the cycle's length in milliseconds
     * @param online the number of devices that were online at the middle of each part of the second cycle
     * @param startedAt when the run started, in milliseconds; before that, devices only joined. {@link Long#MAX_VALUE}
     *     if too few joined
     * @param endedAt when the simulation ended
     * @param isStuck whether it ended because the open round did not close
     * @param rounds the rounds
     * @param checkIns the check-ins since the start
     * @param messages the messages, including those that were refused
     */
    public record Result(
            int devices,
            int members,
            long cycle,
            List<Integer> online,
            long startedAt,
            long endedAt,
            boolean isStuck,
            RoundLog rounds,
            TrafficLog checkIns,
            TrafficLog messages) {

        /** Returns the seconds from the start of the run to the end. */
        public double seconds() {
            return startedAt == SimulatedFleet.NEVER ? 0 : (endedAt - startedAt) / (double) MILLIS;
        }
    }

    private void run() {
        for (int device = 0; device < fleet.size(); device++) {
            comeOnline(device);
        }
        lookAt = availability.cycle();
        long count = 0;
        while (!isOver) {
            long next = queue.isEmpty() ? SimulatedFleet.NEVER : queue.time();
            if (count <= Math.min(lookAt, next)) {
                pace.count(count);
                progress.accept(rounds.closed());
                Arrays.fill(usual, null);
                count += SimulatedPace.COUNT_EVERY;
            } else if (lookAt <= next) {
                now = lookAt;
                look();
            } else {
                now = next;
                int device = queue.remove();
                if (due[device] == now) {
                    due[device] = SimulatedFleet.NEVER;
                    happen(device);
                }
            }
        }
    }

    /** Runs the coordinator's periodic check of the run, the only event that changes its state. */
    private void look() {
        if (startedAt == SimulatedFleet.NEVER) {
            if (coordinator.start(now)) {
                startedAt = now;
                answerWaiting();
            }
            isOver = startedAt == SimulatedFleet.NEVER && now >= MAX_CYCLES * availability.cycle();
        } else {
            if (coordinator.advance(now)) {
                answerWaiting();
            }
            long longest =
                    Math.max(availability.cycle(), coordinator.rules().maxTime().toMillis());
            isStuck = rounds.closed() < rounds.opened()
                    && now - rounds.openedAt(rounds.opened() - 1) > MAX_CYCLES * longest;
            isOver = isStuck || coordinator.run().state() != RunState.RUNNING || rounds.closed() == settings.rounds();
        }
        progress.accept(rounds.closed());
        Arrays.fill(usual, null);
        lookAt = startedAt == SimulatedFleet.NEVER
                ? (now / availability.cycle() + 1) * availability.cycle()
                : coordinator.nextLook(now);
    }

    private void answerWaiting() {
        for (int device = waiting.nextSetBit(0); device >= 0; device = waiting.nextSetBit(device + 1)) {
            if (coordinator.asks(device)) {
                waiting.clear(device);
                work(device);
            }
        }
    }

    private void happen(int device) {
        switch (states[device]) {
            case OFFLINE -> {
                offlineAt[device] = fleet.onlineUntil(device, now);
                models[device] = -1;
                checkIn(device);
            }
            case PAUSING -> checkIn(device);
            case WAITING -> {
                waiting.clear(device);
                pause(device, pauseAfter(device, LONG_POLL));
            }
            case WORKING -> send(device);
            default -> {
                rounds.addLost(works[device]);
                pause(device, pauses[device]);
            }
        }
    }

    private void at(int device, byte state, long time) {
        states[device] = state;
        if (time != SimulatedFleet.NEVER) {
            due[device] = time;
            queue.add(time, device);
        }
    }

    /** Schedules the device's next check-in, after a pause or when it is online again. */
    private void pause(int device, long pause) {
        if (now + pause < offlineAt[device]) {
            at(device, PAUSING, now + pause);
        } else {
            comeOnline(device);
        }
    }

    private void comeOnline(int device) {
        long from = Math.max(now, offlineAt[device]);
        at(device, OFFLINE, fleet.nextOnline(device, from));
    }

    private void checkIn(int device) {
        pace.seen(device);
        if (startedAt != SimulatedFleet.NEVER) {
            checkIns.count(now);
        }
        if (!coordinator.isMember(device)) {
            if (admitted.get(device)) {
                coordinator.join(device);
                pause(device, fleet.latency(device) + pauseAfter(device, 0));
                return;
            }
        } else {
            coordinator.hear(device);
            if (coordinator.asks(device)) {
                work(device);
                return;
            }
        }
        if (pace.steering().isSmall()) {
            waiting.set(device);
            at(device, WAITING, Math.min(offlineAt[device], now + LONG_POLL));
        } else {
            pause(device, pauseAfter(device, 0));
        }
    }

    private void work(int device) {
        int round = coordinator.run().round();
        long download = settings.downloadBytes(models[device], round);
        models[device] = round;
        works[device] = round;
        pauses[device] = (int) pauseAfter(device, 0);
        rounds.begin(round, download);
        long end = now + fleet.work(device, download, settings.messageBytes());
        long lost = random.nextDouble() < fleet.group(device).dropout()
                ? now + (long) (random.nextDouble() * (end - now))
                : SimulatedFleet.NEVER;
        lost = Math.min(lost, offlineAt[device]);
        if (lost < end) {
            at(device, LOSING, lost);
        } else {
            at(device, WORKING, end);
        }
    }

    private void send(int device) {
        messages.count(now);
        switch (coordinator.receive(device, works[device], now)) {
            case BUSY -> {
                at(device, WORKING, now + BUSY);
                return;
            }
            case ACCEPTED -> look();
            case REFUSED -> rounds.addLate(works[device]);
        }
        pause(device, pauses[device]);
    }

    /** Returns the milliseconds until a device's next check-in. */
    private long pauseAfter(int device, long waited) {
        boolean isUsual = admitted.get(device) && !pace.isGrowing();
        int kind = waited == 0 ? 0 : 1;
        Duration mean = isUsual ? usual[kind] : null;
        if (mean == null) {
            List<Duration> intervals =
                    admitted.get(device) ? List.of(coordinator.demand().every(pace.admitted())) : List.of();
            mean = pace.steering().mean(intervals, SimulatedPace.LONGEST_PAUSE, Duration.ofMillis(waited));
            usual[kind] = isUsual ? mean : null;
        }
        return MILLIS * PaceSteering.pause(mean, random);
    }

    private Result result() {
        Integer[] online = new Integer[TrafficLog.PARTS];
        for (int part = 0; part < TrafficLog.PARTS; part++) {
            long time = availability.cycle() + availability.cycle() * (2L * part + 1) / (2 * TrafficLog.PARTS);
            int count = 0;
            for (int device = 0; device < fleet.size(); device++) {
                count += fleet.nextOnline(device, time) == time ? 1 : 0;
            }
            online[part] = count;
        }
        return new Result(
                fleet.size(),
                coordinator.members(),
                availability.cycle(),
                Arrays.asList(online),
                startedAt,
                now,
                isStuck,
                rounds,
                checkIns,
                messages);
    }
}
