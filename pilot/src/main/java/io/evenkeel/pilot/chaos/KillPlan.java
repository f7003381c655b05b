package io.evenkeel.pilot.chaos;

import io.evenkeel.core.vector.SplitMix64;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who is killed when, drawn from the seed. Immutable.
 *
 * @param kills of processes, in order
 * @param crashes of each thread device, in order
 */
record KillPlan(List<Kill> kills, List<List<Crashes.Crash>> crashes) {

    private static final int COORDINATOR_ONE_IN = 6;
    private static final int PROCESS_ONE_IN = 20;
    private static final long COMMIT_NANOS = 12_000_000;
    private static final long CLOSING_NANOS = 20_000_000;
    private static final long ANY_NANOS = 300_000_000;
    private static final long START_NANOS = 4_000_000_000L;

    /**
     * A kill of a process.
     *
     * @param kind who, and when
     * @param after how many messages have been accepted by then
     * @param delayNanos how long after what the kind waits for
     */
    record Kill(KillKind kind, int after, long delayNanos) {}

    /** Draws a plan. */
    static KillPlan draw(ChaosSettings settings) {
        SplitMix64 random = new SplitMix64(SplitMix64.derive(settings.seed(), 1));
        int coordinator = Math.min(settings.kills(), Math.max(1, settings.kills() / COORDINATOR_ONE_IN));
        int processes = settings.kills() / PROCESS_ONE_IN;
        List<Kill> kills = new ArrayList<>();
        for (int i = 0; i < coordinator; i++) {
            kills.add(coordinatorKill(i, coordinator, settings, random));
        }
        for (int i = 0; i < processes; i++) {
            kills.add(new Kill(
                    KillKind.DEVICE_PROCESS, moment(i, processes, settings, random), nanos(random, ANY_NANOS)));
        }
        kills.sort(Comparator.comparingInt(Kill::after));
        return new KillPlan(kills, crashes(settings, settings.kills() - kills.size(), random));
    }

    private static Kill coordinatorKill(int i, int all, ChaosSettings settings, SplitMix64 random) {
        int after = moment(i, all, settings, random);
        return switch (i % 6) {
            case 0, 3 -> new Kill(KillKind.IN_COMMIT, after, nanos(random, COMMIT_NANOS));
            case 1, 4 -> {
                // The end of the round that is open by then.
                int end = (after / settings.quorum() + 1) * settings.quorum();
                yield new Kill(KillKind.IN_CLOSING, end, nanos(random, CLOSING_NANOS));
            }
            case 2 -> new Kill(KillKind.ANY_TIME, after, nanos(random, ANY_NANOS));
            default -> new Kill(KillKind.IN_RECOVERY, after, nanos(random, START_NANOS));
        };
    }

    /** Divides the run evenly, and draws a place in the i-th part; the last tenth is left to recover in. */
    private static int moment(int i, int parts, ChaosSettings settings, SplitMix64 random) {
        double place = (i + random.nextDouble()) / parts;
        return (int) (place * 0.9 * settings.messages());
    }

    private static long nanos(SplitMix64 random, long longest) {
        return (long) (random.nextDouble() * longest);
    }

    private static List<List<Crashes.Crash>> crashes(ChaosSettings settings, int count, SplitMix64 random) {
        int devices = settings.devices() - 1;
        int places = devices * settings.rounds();
        if (count > places) {
            throw new IllegalArgumentException(
                    count + " crashes in " + places + " rounds of devices: take more rounds, or fewer kills");
        }
        List<List<Crashes.Crash>> crashes = new ArrayList<>();
        for (int device = 0; device < devices; device++) {
            crashes.add(new ArrayList<>());
        }
        CrashPoint[] points = CrashPoint.values();
        int left = count;
        // Each place is taken with the chance that makes exactly so many of them be taken.
        for (int place = 0; place < places; place++) {
            if (random.next(places - place) < left) {
                left--;
                crashes.get(place % devices).add(new Crashes.Crash(place / devices, points[left % points.length]));
            }
        }
        return crashes;
    }
}
