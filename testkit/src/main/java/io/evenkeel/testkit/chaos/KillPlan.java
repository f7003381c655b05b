package io.evenkeel.testkit.chaos;

import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.device.Crashes;
import io.evenkeel.testkit.chaos.run.Change;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.run.CrashPoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The plan of kills and changes of memberships, drawn from the seed. Immutable.
 *
 * @param kills the kills of processes, in order
 * @param crashes the crashes of each thread device, in order
 * @param changes the changes of memberships, in order of their rounds
 */
record KillPlan(List<Kill> kills, List<List<Crashes.Crash>> crashes, List<Change> changes) {

    private static final int COORDINATOR_ONE_IN = 4;
    /** The value for several coordinators or for cohorts, which offer more moments to test. */
    private static final int MANY_MOMENTS_ONE_IN = 2;

    private static final int PROCESS_ONE_IN = 10;
    private static final int MAX_JOINERS = 2;
    private static final List<KillKind> IN_PLAIN_RUNS = List.of(
            KillKind.IN_COMMIT,
            KillKind.IN_CLOSING,
            KillKind.ANY_TIME,
            KillKind.IN_COMMIT,
            KillKind.IN_CLOSING,
            KillKind.IN_RECOVERY);
    private static final List<KillKind> IN_COHORTS = List.of(
            KillKind.IN_KEYS,
            KillKind.BEFORE_OUTCOME,
            KillKind.IN_MASKED,
            KillKind.AFTER_OUTCOME,
            KillKind.IN_SHARES,
            KillKind.IN_REVEALS,
            KillKind.ANY_TIME,
            KillKind.IN_RECOVERY);
    private static final long COMMIT_NANOS = 12_000_000;
    private static final long CLOSING_NANOS = 20_000_000;
    private static final long ANY_NANOS = 300_000_000;
    private static final long LOST_NANOS = 1_000_000_000;
    private static final long START_NANOS = 4_000_000_000L;

    /**
     * A kill of a process.
     *
     * @param kind the process, and the moment
     * @param after the number of accepted messages before the kill
     * @param delayNanos the delay after the event that the kind waits for
     */
    record Kill(KillKind kind, int after, long delayNanos) {}

    /**
     * Draws a plan.
     *
     * @param deployment the processes that can be killed
     */
    static KillPlan draw(ChaosSettings settings, ChaosDeployment deployment) {
        SplitMix64 random = new SplitMix64(SplitMix64.derive(settings.seed(), 1));
        int oneIn = deployment.replicas() > 1 || settings.secure() ? MANY_MOMENTS_ONE_IN : COORDINATOR_ONE_IN;
        int coordinator = (settings.kills() + oneIn - 1) / oneIn;
        int processes = settings.kills() / PROCESS_ONE_IN;
        int databases = deployment.restart() == null ? 0 : deployment.restart().times(settings.kills());
        List<Kill> kills = new ArrayList<>();
        List<KillKind> moments = moments(settings, deployment);
        for (int i = 0; i < coordinator; i++) {
            kills.add(kill(moments.get(i % moments.size()), moment(i, coordinator, settings, random), random));
        }
        for (int i = 0; i < processes; i++) {
            kills.add(kill(KillKind.DEVICE_PROCESS, moment(i, processes, settings, random), random));
        }
        for (int i = 0; i < databases; i++) {
            kills.add(kill(KillKind.DATABASE, moment(i, databases, settings, random), random));
        }
        List<KillKind> restores = restores(deployment);
        for (int i = 0; i < restores.size(); i++) {
            int after = (int) ((0.1 + 0.6 * (i + random.nextDouble()) / restores.size()) * settings.messages());
            kills.add(kill(restores.get(i), after, random));
        }
        kills.sort(Comparator.comparingInt(Kill::after));
        List<List<Crashes.Crash>> crashes = crashes(settings, settings.kills() - kills.size(), random);
        return new KillPlan(kills, crashes, changes(settings, random));
    }

    private static List<KillKind> moments(ChaosSettings settings, ChaosDeployment deployment) {
        List<KillKind> moments = new ArrayList<>(settings.secure() ? IN_COHORTS : IN_PLAIN_RUNS);
        if (deployment.store() != null) {
            moments.add(1, KillKind.IN_STORE);
        }
        if (deployment.replicas() > 1) {
            moments.add(2, KillKind.HOLDER_STOPPED);
        }
        return moments;
    }

    /** Returns the state that each restore replaces. */
    private static List<KillKind> restores(ChaosDeployment deployment) {
        ChaosDeployment.Restores restores = deployment.restores();
        if (restores == null) {
            return List.of();
        }
        List<KillKind> kinds = restores.objects() == null
                ? List.of(KillKind.RESTORED)
                : List.of(KillKind.RESTORED, KillKind.RESTORED_ROWS, KillKind.OLDER_OBJECTS);
        return IntStream.range(0, restores.times())
                .mapToObj(i -> kinds.get(i % kinds.size()))
                .toList();
    }

    private static Kill kill(KillKind kind, int after, SplitMix64 random) {
        long longest = switch (kind) {
            case IN_KEYS, IN_SHARES, IN_MASKED, IN_REVEALS, IN_COMMIT, IN_STORE -> COMMIT_NANOS;
            case BEFORE_OUTCOME, AFTER_OUTCOME, IN_CLOSING -> CLOSING_NANOS;
            case ANY_TIME, HOLDER_STOPPED, DEVICE_PROCESS, DATABASE -> ANY_NANOS;
            case RESTORED, RESTORED_ROWS, OLDER_OBJECTS -> LOST_NANOS;
            case IN_RECOVERY -> START_NANOS;
        };
        return new Kill(kind, after, nanos(random, longest));
    }

    /** Divides the run evenly and draws a position in the i-th part. The last tenth is reserved for recovery. */
    private static int moment(int i, int parts, ChaosSettings settings, SplitMix64 random) {
        return (int) (place(i, parts, random) * settings.messages());
    }

    private static double place(int i, int parts, SplitMix64 random) {
        return (i + random.nextDouble()) / parts * 0.9;
    }

    private static long nanos(SplitMix64 random, long longest) {
        return (long) (random.nextDouble() * longest);
    }

    private static List<List<Crashes.Crash>> crashes(ChaosSettings settings, int count, SplitMix64 random) {
        int devices = settings.devices() - 1;
        int places = devices * settings.rounds();
        if (count > places) {
            throw new IllegalArgumentException(
                    count + " crashes in " + places + " rounds of devices: use more rounds, or fewer kills");
        }
        List<List<Crashes.Crash>> crashes = new ArrayList<>();
        for (int device = 0; device < devices; device++) {
            crashes.add(new ArrayList<>());
        }
        List<CrashPoint> points = CrashPoint.of(settings);
        int left = count;
        // Selection sampling: takes each place with the probability that gives exactly {@code count} places.
        for (int place = 0; place < places; place++) {
            if (random.next(places - place) < left) {
                left--;
                crashes.get(place % devices).add(new Crashes.Crash(place / devices, points.get(left % points.size())));
            }
        }
        return crashes;
    }

    private static List<Change> changes(ChaosSettings settings, SplitMix64 random) {
        // If rounds can close without a device's message, the round from which its new weight counts is not determined.
        List<Change.Kind> kinds = new ArrayList<>(List.of(Change.Kind.LEAVE_AND_RETURN, Change.Kind.LOSE_DISK));
        if (settings.secure()) {
            kinds.addAll(List.of(Change.Kind.LOSE_DISK_SHARED, Change.Kind.LOSE_DISK_MASKED));
        } else if (settings.everybodyAnswers()) {
            kinds.add(Change.Kind.REWEIGH);
        }
        int joiners = Math.min(MAX_JOINERS, settings.changes() / 4);
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < settings.changes(); i++) {
            int round = (int) (place(i, settings.changes(), random) * settings.rounds());
            int device = random.next(settings.devices() - 1);
            boolean joins = i % 4 == 3 && i / 4 < joiners;
            changes.add(
                    joins
                            ? new Change(settings.devices() + i / 4, Change.Kind.JOIN, round)
                            : new Change(device, kinds.get(i % kinds.size()), round));
        }
        return changes;
    }
}
