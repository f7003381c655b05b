package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.ShutdownSequence;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Makes Ctrl-C stop the runs before their next round; the process ends once their results are written. */
final class StopSignal {

    private static final long GRACE_SECONDS = 60;

    private final CountDownLatch written = new CountDownLatch(1);
    private final Runnable task;

    StopSignal(Progress progress) {
        task = () -> stopAndWait(progress);
        ShutdownSequence.add(task);
    }

    private void stopAndWait(Progress progress) {
        progress.stop();
        try {
            if (!written.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("evenkeel: the runs did not stop in time; those that had ended can be resumed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reports that all results are written. */
    void release() {
        written.countDown();
        boolean unused = ShutdownSequence.remove(task);
    }
}
