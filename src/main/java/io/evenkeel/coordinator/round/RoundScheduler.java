package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.run.RoundSettings;
import io.evenkeel.coordinator.run.RunChanged;
import io.evenkeel.coordinator.secagg.WaitingMembers;
import io.evenkeel.coordinator.task.WaitingDevices;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Advances runs: a run after each of its changes, and all runs at every tick, to handle deadlines and work that another
 * replica did or left unfinished. Starts before the web server and stops after it. Thread-safe.
 */
@Component
public class RoundScheduler extends BackgroundWork {

    private final RoundLifecycle rounds;
    private final ModelRecovery recovery;
    private final WaitingDevices devices;
    private final WaitingMembers members;
    private final FailureLog failures;

    /** The runs with a task, and whether they have changed since it started. A run that is being closed occupies one thread. */
    private final Map<Long, Boolean> tasks = new ConcurrentHashMap<>();

    RoundScheduler(
            RoundLifecycle rounds,
            ModelRecovery recovery,
            WaitingDevices devices,
            WaitingMembers members,
            RoundSettings settings,
            FailureLog failures) {
        super("rounds", settings.tick(), failures);
        this.rounds = rounds;
        this.recovery = recovery;
        this.devices = devices;
        this.members = members;
        this.failures = failures;
    }

    /** Checks all runs once; work that is due by the clock is done before this returns. */
    public void tick() {
        tick(this::advance);
    }

    private void tick(LongConsumer look) {
        rounds.due().forEach(look::accept);
        devices.tick();
        members.tick();
    }

    @EventListener
    void changed(RunChanged change) {
        long run = change.run();
        if (tasks.put(run, true) == null) {
            execute(() -> look(run));
        }
    }

    private void lookSoon(long run) {
        if (tasks.putIfAbsent(run, false) == null) {
            execute(() -> look(run));
        }
    }

    private void look(long run) {
        boolean changed = Boolean.TRUE.equals(tasks.put(run, false));
        try {
            advance(run);
            if (changed) {
                wake(run);
            }
        } finally {
            if (!tasks.remove(run, false)) {
                // The run has changed in the meantime.
                execute(() -> look(run));
            }
        }
    }

    private void wake(long run) {
        devices.wake(run);
        members.wake(run);
    }

    private void advance(long run) {
        try {
            if (rounds.advance(run)) {
                wake(run);
            }
        } catch (RuntimeException e) {
            failures.warn("Run " + run + " could not be advanced; the next tick will try again", e);
        }
    }

    @Override
    protected void work() {
        tick(this::lookSoon);
    }

    /** Rebuilds the models first: the first tick comes one period later. */
    @Override
    public synchronized void start() {
        super.start();
        // Their tasks were dropped while this was stopped.
        tasks.clear();
        execute(recovery::rebuild);
    }

    /** Closing one run may take long, but does not block the others. */
    @Override
    protected int threads() {
        return 2;
    }

    /** Waits as long as any other phase of the shutdown, so that all phases fit into a pod's grace period. */
    @Override
    protected Duration stopTimeout() {
        return Duration.ofSeconds(20);
    }

    /** Starts before the web server and stops after it. */
    @Override
    public int getPhase() {
        return 0;
    }
}
