package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.run.RoundSettings;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.task.WaitingDevices;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Keeps runs moving: looks at a run after each change of it, and at all of them at every tick, for deadlines and for what another
 * replica did or left undone. Starts before the web server and stops after it. Thread-safe.
 */
@Component
public class RoundScheduler implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(RoundScheduler.class);
    private static final int THREADS = 2;

    /** As long as any other phase of the shutdown, so that all of it fits into a pod's grace period. */
    private static final long LONGEST_STOP_SECONDS = 20;

    private final RoundLifecycle rounds;
    private final WaitingDevices devices;
    private final RoundSettings settings;
    private volatile ScheduledExecutorService executor = newExecutor();
    private volatile boolean running;

    RoundScheduler(RoundLifecycle rounds, WaitingDevices devices, RoundSettings settings) {
        this.rounds = rounds;
        this.devices = devices;
        this.settings = settings;
    }

    /** Looks at everything once; what is due by the clock happens before this returns. */
    public void tick() {
        try {
            rounds.due().forEach(this::look);
            devices.tick();
        } catch (RuntimeException e) {
            LOG.warn("A tick failed; the next one tries again", e);
        }
    }

    @EventListener
    void changed(RunChanged change) {
        try {
            executor.execute(() -> {
                look(change.run());
                devices.wake(change.run());
            });
        } catch (RejectedExecutionException e) {
            LOG.debug("Run {} changed while the coordinator was stopping; the next start looks at it", change.run());
        }
    }

    private void look(long run) {
        try {
            if (rounds.advance(run)) {
                devices.wake(run);
            }
        } catch (RuntimeException e) {
            LOG.warn("Run {} could not be moved on; the next tick tries again", run, e);
        }
    }

    @Override
    public void start() {
        if (executor.isShutdown()) {
            executor = newExecutor();
        }
        running = true;
        executor.execute(rounds::rebuild);
        long pause = settings.tick().toMillis();
        if (pause > 0) {
            var unused = executor.scheduleWithFixedDelay(this::tick, 0, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Lets what is going on come to its end. Interrupts nothing: H2 closes its file if a thread is interrupted in a write. */
    @Override
    public void stop() {
        running = false;
        executor.shutdown();
        try {
            if (!executor.awaitTermination(LONGEST_STOP_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("A round is still being closed; the next start does it again, with the same result");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Before the web server on the way up, after it on the way down. */
    @Override
    public int getPhase() {
        return 0;
    }

    private static ScheduledExecutorService newExecutor() {
        return Executors.newScheduledThreadPool(THREADS, work -> new Thread(work, "rounds"));
    }
}
