package io.evenkeel.pilot.command;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Until it is released, Ctrl-C makes runs stop before their next round, and the process wait until what they have is written. */
final class StopSignal {

    private static final long GRACE_SECONDS = 60;

    private final CountDownLatch written = new CountDownLatch(1);
    private final Thread hook;

    StopSignal(Progress progress) {
        hook = new Thread(() -> stopAndWait(progress), "pilot-stop");
        Runtime.getRuntime().addShutdownHook(hook);
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

    /** Says that everything is written. */
    void release() {
        written.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already, and the hook is what waited for this.
        }
    }
}
