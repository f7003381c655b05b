package io.evenkeel.testkit.chaos;

import io.evenkeel.operator.process.CoordinatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Kills processes as planned, and measures how long the run is interrupted. Runs on a separate thread. */
final class Killer implements Runnable {

    private static final List<String> STEPS = List.of("keys", "shares", "masked", "reveals");

    private final List<KillPlan.Kill> plan;
    private final Coordinators coordinators;
    private final ChaosDeployment.@Nullable Restart restart;
    private final ProcessDevice device;
    private final FaultyProxy proxy;
    private final TrafficRecorder recorder;
    private final Duration patience;
    private final boolean secure;
    private final Map<KillKind, Integer> done = new EnumMap<>(KillKind.class);
    private final List<Duration> recoveries = new ArrayList<>();
    private int turn;

    /**
     * @param restart restarts the database, or null if it is not killed
     * @param patience how long the run may be interrupted before it counts as stuck
     * @param secure whether the run has secure aggregation
     */
    Killer(
            List<KillPlan.Kill> plan,
            Coordinators coordinators,
            ChaosDeployment.@Nullable Restart restart,
            ProcessDevice device,
            FaultyProxy proxy,
            TrafficRecorder recorder,
            Duration patience,
            boolean secure) {
        this.plan = plan;
        this.coordinators = coordinators;
        this.restart = restart;
        this.device = device;
        this.proxy = proxy;
        this.recorder = recorder;
        this.patience = patience;
        this.secure = secure;
    }

    /** Kills until the plan is done, the run is interrupted for too long, or the thread is interrupted. */
    @Override
    public void run() {
        try {
            for (KillPlan.Kill kill : plan) {
                if (!recorder.awaitAccepted(kill.after(), patience)) {
                    return; // the run is over, or stands still
                }
                strike(kill);
            }
            coordinators.awaitBack();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("a process cannot be started again", e);
        }
    }

    private void strike(KillPlan.Kill kill) throws InterruptedException, IOException {
        switch (kill.kind()) {
            case DEVICE_PROCESS -> {
                LockSupport.parkNanos(kill.delayNanos());
                if (device.kill()) {
                    count(kill.kind());
                }
            }
            case DATABASE -> {
                LockSupport.parkNanos(kill.delayNanos());
                if (restart != null) {
                    restart.strike();
                    count(kill.kind());
                }
            }
            case IN_COMMIT, IN_CLOSING, ANY_TIME, IN_RECOVERY -> killCoordinator(kill);
        }
    }

    /** Chooses the victim before waiting for the moment of the kill, since that moment is short. */
    private void killCoordinator(KillPlan.Kill kill) throws InterruptedException, IOException {
        // Otherwise the run could end before the killed processes are back to be killed again.
        proxy.hold(true);
        try {
            coordinators.awaitEnough();
        } finally {
            proxy.hold(false);
        }
        CoordinatorProcess holder = coordinators.holder();
        CoordinatorProcess victim = kill.kind() == KillKind.IN_COMMIT ? coordinators.next() : holder;
        boolean held = coordinators.areSeveral() && victim == holder;
        boolean due = switch (kill.kind()) {
            case IN_COMMIT -> awaitSent();
            case IN_CLOSING -> recorder.awaitFullRound(patience);
            case ANY_TIME, IN_RECOVERY, DEVICE_PROCESS, DATABASE -> !recorder.isOver();
        };
        if (!due) {
            return;
        }
        LockSupport.parkNanos(kill.delayNanos());
        long start = System.nanoTime();
        if (kill.kind() == KillKind.IN_RECOVERY) {
            // This start already follows a kill, which is not counted twice.
            victim.kill();
            victim.start();
            LockSupport.parkNanos(kill.delayNanos());
        }
        victim.kill();
        count(kill.kind());
        int accepted = recorder.accepted();
        int round = recorder.round();
        victim.start();
        if (!coordinators.areSeveral()) {
            victim.awaitBack();
        }
        // Other coordinators still accept messages; only the next round waits for a coordinator that opens it.
        boolean goesOn =
                held ? recorder.awaitRound(round + 1, patience) : recorder.awaitAccepted(accepted + 1, patience);
        if (goesOn && (held || !coordinators.areSeveral())) {
            recovered(Duration.ofNanos(System.nanoTime() - start));
        }
    }

    /** Waits until something is sent; in cohorts in each step in turn. */
    private boolean awaitSent() throws InterruptedException {
        return secure
                ? recorder.awaitStep(STEPS.get(turn++ % STEPS.size()), patience)
                : recorder.awaitSent(recorder.sent() + 1, patience);
    }

    private synchronized void count(KillKind kind) {
        done.merge(kind, 1, Integer::sum);
    }

    private synchronized void recovered(Duration took) {
        recoveries.add(took);
    }

    /** Returns the number of kills so far by kind. */
    synchronized Map<KillKind, Integer> done() {
        return new EnumMap<>(done);
    }

    /**
     * Returns the time of recovery for each kill of the only coordinator, until a message is accepted; with several, for each kill
     * of the lease's holder, until the next round has a message.
     */
    synchronized List<Duration> recoveries() {
        return List.copyOf(recoveries);
    }
}
