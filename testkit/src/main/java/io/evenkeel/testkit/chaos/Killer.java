package io.evenkeel.testkit.chaos;

import io.evenkeel.testkit.chaos.deployment.BackUp;
import io.evenkeel.testkit.chaos.deployment.ChaosDeployment;
import io.evenkeel.testkit.chaos.deployment.Coordinators;
import io.evenkeel.testkit.chaos.device.ProcessDevice;
import io.evenkeel.testkit.chaos.proxy.FaultyProxy;
import io.evenkeel.testkit.chaos.proxy.FaultyStore;
import io.evenkeel.tools.process.CoordinatorProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Kills processes as planned, and measures how long the run is interrupted. Runs on a separate thread. */
final class Killer implements Runnable {

    /** Longer than a lease, which lasts a few seconds. */
    private static final Duration STOPPED = Duration.ofSeconds(5);

    private static final Duration IN_STORE_TIMEOUT = Duration.ofSeconds(30);

    private final List<KillPlan.Kill> plan;
    private final Coordinators coordinators;
    private final ChaosDeployment deployment;
    private final ProcessDevice device;
    private final FaultyProxy proxy;
    private final TrafficRecorder recorder;
    private final CohortRecorder cohorts;
    private final Duration timeout;
    private final @Nullable Restorer restorer;
    private final Map<KillKind, Integer> done = new EnumMap<>(KillKind.class);
    private final List<Duration> recoveries = new ArrayList<>();
    private final List<Duration> outages = new ArrayList<>();
    private long struck;

    /**
     * @param deployment the coordinators with their database and store
     * @param cohorts reports when cohorts take their steps
     * @param timeout the time for which the run may be interrupted before it counts as stuck
     */
    Killer(
            List<KillPlan.Kill> plan,
            Coordinators coordinators,
            ChaosDeployment deployment,
            ProcessDevice device,
            FaultyProxy proxy,
            TrafficRecorder recorder,
            CohortRecorder cohorts,
            Duration timeout) {
        this.plan = plan;
        this.coordinators = coordinators;
        this.deployment = deployment;
        this.device = device;
        this.proxy = proxy;
        this.recorder = recorder;
        this.cohorts = cohorts;
        this.timeout = timeout;
        this.restorer = deployment.restores() == null
                ? null
                : new Restorer(new BackUp(deployment), coordinators, proxy, recorder, timeout);
    }

    /** Kills until the plan is done, the run is interrupted for too long, or the thread is interrupted. */
    @Override
    public void run() {
        try {
            for (KillPlan.Kill kill : plan) {
                if (!recorder.awaitAccepted(kill.after(), timeout)) {
                    return; // The run is over, or makes no progress.
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
                ChaosDeployment.Restart restart = deployment.restart();
                if (restart != null) {
                    restart.strike();
                    count(kill.kind());
                    int accepted = recorder.accepted();
                    long since = System.nanoTime();
                    if (recorder.awaitAccepted(accepted + 1, timeout)) {
                        away(Duration.ofNanos(System.nanoTime() - since));
                    }
                }
            }
            case HOLDER_STOPPED -> stopHolder(kill.delayNanos());
            case RESTORED, RESTORED_ROWS, OLDER_OBJECTS -> {
                if (Objects.requireNonNull(restorer).strike(kill.kind(), Duration.ofNanos(kill.delayNanos()))) {
                    count(kill.kind());
                }
            }
            case IN_COMMIT,
                    IN_CLOSING,
                    IN_STORE,
                    ANY_TIME,
                    IN_RECOVERY,
                    IN_KEYS,
                    IN_SHARES,
                    IN_MASKED,
                    IN_REVEALS,
                    BEFORE_OUTCOME,
                    AFTER_OUTCOME -> killCoordinator(kill);
        }
    }

    /** Suspends the lease's holder for longer than its lease; resumes it when it is no longer the holder. */
    private void stopHolder(long delay) throws InterruptedException, IOException {
        coordinators.awaitBack();
        LockSupport.parkNanos(delay);
        CoordinatorProcess holder = coordinators.holder();
        int round = recorder.round();
        holder.suspend();
        try {
            // The next round may need a device whose request the suspended coordinator holds.
            boolean unused = recorder.awaitRound(round + 2, STOPPED);
        } finally {
            holder.resume();
        }
        count(KillKind.HOLDER_STOPPED);
    }

    private void killCoordinator(KillPlan.Kill kill) throws InterruptedException, IOException {
        // Otherwise the run could end before the killed processes have restarted and can be killed again.
        proxy.hold(true);
        try {
            coordinators.awaitEnough();
        } finally {
            proxy.hold(false);
        }
        CoordinatorProcess holder = coordinators.holder();
        CoordinatorProcess victim = strikeCoordinator(kill, holder);
        if (victim == null) {
            return;
        }
        count(kill.kind());
        boolean held = coordinators.areSeveral() && victim == holder;
        int accepted = recorder.accepted();
        int round = recorder.round();
        victim.start();
        if (!coordinators.areSeveral()) {
            victim.awaitBack();
        }
        // Other coordinators still accept messages; only the next round waits for a coordinator that opens it.
        boolean goesOn = held ? recorder.awaitRound(round + 1, timeout) : recorder.awaitAccepted(accepted + 1, timeout);
        if (goesOn && (held || !coordinators.areSeveral())) {
            recovered(Duration.ofNanos(System.nanoTime() - struck));
        }
    }

    /**
     * Kills a coordinator at the planned moment. Chooses the coordinator beforehand, since that moment is short.
     *
     * @return the killed coordinator; null if the run ended first
     */
    private @Nullable CoordinatorProcess strikeCoordinator(KillPlan.Kill kill, CoordinatorProcess holder)
            throws InterruptedException, IOException {
        long delay = kill.delayNanos();
        return switch (kill.kind()) {
            case IN_KEYS -> strikeIn("keys", delay);
            case IN_SHARES -> strikeIn("shares", delay);
            case IN_MASKED -> strikeIn("masked", delay);
            case IN_REVEALS -> strikeIn("reveals", delay);
            case BEFORE_OUTCOME -> cohorts.strikeBeforeOutcome(delay, timeout, port -> kill(holder)) ? holder : null;
            case AFTER_OUTCOME -> cohorts.strikeAfterOutcome(delay, timeout, port -> kill(holder)) ? holder : null;
            case IN_COMMIT -> {
                CoordinatorProcess next = coordinators.next();
                yield recorder.awaitSent(recorder.sent() + 1, timeout) ? killAfter(delay, next) : null;
            }
            case IN_STORE -> {
                FaultyStore store = Objects.requireNonNull(deployment.store());
                yield !recorder.isOver() && store.strikeAfterPut(() -> kill(holder), IN_STORE_TIMEOUT) ? holder : null;
            }
            case IN_CLOSING -> recorder.awaitFullRound(timeout) ? killAfter(delay, holder) : null;
            case ANY_TIME, HOLDER_STOPPED, DEVICE_PROCESS, DATABASE, RESTORED, RESTORED_ROWS, OLDER_OBJECTS ->
                recorder.isOver() ? null : killAfter(delay, holder);
            case IN_RECOVERY -> {
                if (recorder.isOver()) {
                    yield null;
                }
                // This start already follows a kill, which is not counted twice.
                killAfter(delay, holder).start();
                yield killAfter(delay, holder);
            }
        };
    }

    private @Nullable CoordinatorProcess strikeIn(String step, long delay) throws InterruptedException {
        CoordinatorProcess[] victim = {null};
        boolean done = cohorts.strikeIn(step, delay, timeout, port -> victim[0] = kill(coordinators.at(port)));
        return done ? victim[0] : null;
    }

    private CoordinatorProcess killAfter(long delay, CoordinatorProcess victim) throws InterruptedException {
        LockSupport.parkNanos(delay);
        return kill(victim);
    }

    private CoordinatorProcess kill(CoordinatorProcess victim) throws InterruptedException {
        victim.kill();
        struck = System.nanoTime();
        return victim;
    }

    /** Returns the deviations of restored coordinators from the guide, one sentence each. */
    List<String> violations() {
        return restorer == null ? List.of() : restorer.violations();
    }

    private synchronized void count(KillKind kind) {
        done.merge(kind, 1, Integer::sum);
    }

    private synchronized void recovered(Duration took) {
        recoveries.add(took);
    }

    private synchronized void away(Duration took) {
        outages.add(took);
    }

    /**
     * Returns, for each restart of the database, the time from its command's end until the next message was accepted.
     */
    synchronized List<Duration> outages() {
        return List.copyOf(outages);
    }

    /** Returns the number of kills so far by kind. */
    synchronized Map<KillKind, Integer> done() {
        return new EnumMap<>(done);
    }

    /**
     * Returns the time of recovery for each kill of the only coordinator, until a message is accepted; with
     * several, for each kill of the lease's holder, until the next round has a message.
     */
    synchronized List<Duration> recoveries() {
        return List.copyOf(recoveries);
    }
}
