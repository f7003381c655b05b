package io.evenkeel.testkit.chaos;

import io.evenkeel.testkit.chaos.deployment.BackUp;
import io.evenkeel.testkit.chaos.deployment.Coordinators;
import io.evenkeel.testkit.chaos.proxy.FaultyProxy;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.testkit.chaos.verdict.Accepted;
import io.evenkeel.testkit.chaos.verdict.RunLog;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.RunDetails;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.tools.process.CoordinatorProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Takes backups of the coordinators' state and restores them after the run has continued, with all coordinators
 * killed. Not thread-safe, except {@link #violations}.
 */
final class Restorer {

    private static final Duration PAUSE = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    /** The rounds for which the run continues after a backup and after a restore, plus one. */
    private static final int ROUNDS_NEEDED = 5;

    private final BackUp backUp;
    private final Coordinators coordinators;
    private final FaultyProxy proxy;
    private final TrafficRecorder recorder;
    private final Duration timeout;
    private final List<String> violations = new ArrayList<>();

    /** @param timeout the time for which the run may be interrupted before it counts as stuck */
    Restorer(BackUp backUp, Coordinators coordinators, FaultyProxy proxy, TrafficRecorder recorder, Duration timeout) {
        this.backUp = backUp;
        this.coordinators = coordinators;
        this.proxy = proxy;
        this.recorder = recorder;
        this.timeout = timeout;
    }

    /**
     * Takes a backup, lets the run continue for up to two rounds, and restores it.
     *
     * @param kind which state to restore
     * @param longest the maximum time for which the run continues after the first message that follows the backup
     * @return whether the run was still active; false without a restore if it is about to end, since devices of a
     * finished run do not return
     */
    boolean strike(KillKind kind, Duration longest) throws InterruptedException, IOException {
        Set<Accepted> saved;
        // Otherwise the first coordinator that responds could end the run while the others start.
        proxy.hold(true);
        try {
            coordinators.awaitBack();
            if (roundsLeft() < ROUNDS_NEEDED) {
                return false;
            }
            kill();
            backUp.take();
            saved = recorder.distinct();
            start();
        } finally {
            proxy.hold(false);
        }
        int accepted = recorder.accepted();
        int round = recorder.round();
        if (!recorder.awaitAccepted(accepted + 1, timeout)) {
            return false;
        }
        boolean unused = recorder.awaitRound(round + 2, longest);
        // The messages that arrive now are sent to the restored coordinators.
        proxy.hold(true);
        try {
            kill();
            goBack(kind, saved);
        } finally {
            proxy.hold(false);
        }
        // The next backup has to contain the devices' reports of the messages that this restore lost.
        return recorder.awaitRound(recorder.round() + 2, timeout);
    }

    private int roundsLeft() {
        RunDetails run = coordinators.any().operator().details(ChaosSettings.RUN);
        Object rounds = Objects.requireNonNull(run.definition().get("rounds"));
        return (Integer) rounds - run.status().round();
    }

    private void goBack(KillKind kind, Set<Accepted> saved) throws IOException {
        Set<Accepted> before = recorder.distinct();
        if (kind == KillKind.OLDER_OBJECTS) {
            boolean areMissing = backUp.restoreObjects();
            start();
            if (areMissing) {
                awaitPause();
            }
            backUp.returnObjects();
            return;
        }
        if (kind == KillKind.RESTORED && backUp.hasObjects()) {
            boolean unused = backUp.restoreObjects();
        }
        backUp.restoreRows();
        start();
        Set<Accepted> lost = new HashSet<>(before);
        lost.removeAll(saved);
        lost.removeAll(stored());
        recorder.lose(lost);
    }

    private void kill() throws InterruptedException {
        for (CoordinatorProcess coordinator : coordinators.all()) {
            coordinator.kill();
        }
    }

    private void start() throws IOException {
        for (CoordinatorProcess coordinator : coordinators.all()) {
            coordinator.start();
        }
        coordinators.awaitBack();
    }

    private List<Accepted> stored() throws IOException {
        Path export = Files.createTempFile("evenkeel-restored-", ".evenkeel");
        try {
            coordinators.any().operator().exportRun(ChaosSettings.RUN, export);
            return RunLog.read(export).messages();
        } finally {
            Files.delete(export);
        }
    }

    /** Waits until the coordinator reports the run as paused, because it cannot continue without its newer objects. */
    private void awaitPause() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < PAUSE.toNanos()) {
            try {
                RunStatus status = coordinators.any().operator().status(ChaosSettings.RUN);
                if (status.paused()) {
                    if (!status.message().contains("object")) {
                        violate("the run lacks objects, but pauses for another reason: " + status.message());
                    }
                    return;
                }
            } catch (OperatorException ignored) {
                // The query is retried.
            }
            LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
        }
        violate("the run lacks objects, but does not pause");
    }

    private synchronized void violate(String what) {
        violations.add(what);
    }

    /** Returns all deviations from the guide, one sentence each. */
    synchronized List<String> violations() {
        return List.copyOf(violations);
    }
}
