package io.evenkeel.testkit.chaos.rollout;

import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.Coordinators;
import io.evenkeel.tools.process.CoordinatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Kills coordinators and the database during roll-outs as planned. Runs on a separate thread. */
final class RolloutKiller implements Runnable {

    private static final Duration TIMEOUT = Duration.ofMinutes(4);

    private final List<RolloutKill> plan;
    private final Coordinators coordinators;
    private final ChaosDeployment.@Nullable Restart restart;
    private final RolloutRecorder recorder;
    private final Map<RolloutKill.Kind, Integer> done = new EnumMap<>(RolloutKill.Kind.class);
    private int next;

    RolloutKiller(
            List<RolloutKill> plan,
            Coordinators coordinators,
            ChaosDeployment.@Nullable Restart restart,
            RolloutRecorder recorder) {
        this.plan = plan;
        this.coordinators = coordinators;
        this.restart = restart;
        this.recorder = recorder;
    }

    @Override
    public void run() {
        try {
            for (RolloutKill kill : plan) {
                if (!recorder.awaitRollout(kill.rollout())) {
                    return;
                }
                LockSupport.parkNanos(kill.waitNanos());
                strike(kill);
                count(kill.kind());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("a process cannot be started again", e);
        }
    }

    private void strike(RolloutKill kill) throws InterruptedException, IOException {
        CoordinatorProcess victim = coordinators.next();
        switch (kill.kind()) {
            case IN_REPORT -> recorder.awaitReportSent(TIMEOUT);
            case IN_DECISION -> recorder.awaitReportAccepted(TIMEOUT);
            case IN_COMMAND -> recorder.awaitCommand(TIMEOUT);
            case IN_RECOVERY -> {
                victim.kill();
                victim.start();
            }
            case ANY_TIME, DATABASE -> {
                // No event to wait for.
            }
        }
        LockSupport.parkNanos(kill.delayNanos());
        if (kill.kind() == RolloutKill.Kind.DATABASE) {
            if (restart != null) {
                restart.strike();
            }
            return;
        }
        victim.kill();
        victim.start();
        coordinators.awaitEnough();
    }

    private synchronized void count(RolloutKill.Kind kind) {
        done.merge(kind, 1, Integer::sum);
        next++;
    }

    /** Returns whether all kills planned for a roll-out are done. */
    synchronized boolean hasDone(int rollout) {
        return next == plan.size() || plan.get(next).rollout() > rollout;
    }

    /** Returns the number of kills so far by kind. */
    synchronized Map<RolloutKill.Kind, Integer> done() {
        return new EnumMap<>(done);
    }
}
