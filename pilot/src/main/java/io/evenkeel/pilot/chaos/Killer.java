package io.evenkeel.pilot.chaos;

import io.evenkeel.pilot.process.CoordinatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** Kills processes as planned, and measures how long the run stands still. Runs on a thread of its own. */
final class Killer implements Runnable {

    private final List<KillPlan.Kill> plan;
    private final CoordinatorProcess coordinator;
    private final ProcessDevice device;
    private final Witness witness;
    private final Duration patience;
    private final Map<KillKind, Integer> done = new EnumMap<>(KillKind.class);
    private final List<Duration> recoveries = new ArrayList<>();

    /**
     * @param patience how long the run may stand still before it counts as stuck
     */
    Killer(
            List<KillPlan.Kill> plan,
            CoordinatorProcess coordinator,
            ProcessDevice device,
            Witness witness,
            Duration patience) {
        this.plan = plan;
        this.coordinator = coordinator;
        this.device = device;
        this.witness = witness;
        this.patience = patience;
    }

    /** Kills until the plan is done, the run stands still for too long, or the thread is interrupted. */
    @Override
    public void run() {
        try {
            for (KillPlan.Kill kill : plan) {
                if (!witness.awaitAccepted(kill.after(), patience)) {
                    return; // the run is over, or stands still
                }
                strike(kill);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("a process cannot be started again", e);
        }
    }

    private void strike(KillPlan.Kill kill) throws InterruptedException, IOException {
        if (kill.kind() == KillKind.IN_COMMIT && !witness.awaitSent(witness.sent() + 1, patience)) {
            return;
        }
        LockSupport.parkNanos(kill.delayNanos());
        if (kill.kind() == KillKind.DEVICE_PROCESS) {
            if (device.kill()) {
                count(kill.kind());
            }
            return;
        }
        long start = System.nanoTime();
        if (kill.kind() == KillKind.IN_RECOVERY) {
            // The start it is killed in is one after a kill as well, which is not counted twice.
            coordinator.kill();
            coordinator.start();
            LockSupport.parkNanos(kill.delayNanos());
        }
        coordinator.kill();
        count(kill.kind());
        int before = witness.accepted();
        coordinator.start();
        coordinator.awaitUp();
        if (witness.awaitAccepted(before + 1, patience)) {
            recovered(Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private synchronized void count(KillKind kind) {
        done.merge(kind, 1, Integer::sum);
    }

    private synchronized void recovered(Duration took) {
        recoveries.add(took);
    }

    /** Returns how many kills there have been. */
    synchronized Map<KillKind, Integer> done() {
        return new EnumMap<>(done);
    }

    /** Returns, for each kill of the coordinator, how long it took until the next message was accepted. */
    synchronized List<Duration> recoveries() {
        return List.copyOf(recoveries);
    }
}
