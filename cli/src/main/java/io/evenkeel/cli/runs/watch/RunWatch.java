package io.evenkeel.cli.runs.watch;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.tools.terminal.ExitCode;
import java.time.Duration;

/**
 * Polls a run until it ends, and after each event if there is a stream of events. Polls less often while the
 * run makes no progress, with exponential backoff while the coordinator does not respond. Not thread-safe.
 */
final class RunWatch {

    private static final Duration MIN_PAUSE = Duration.ofMillis(100);
    private static final Duration IDLE = Duration.ofSeconds(5);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(30);

    private final CliEnvironment environment;
    private final RunPoller poller;
    private final EventSignal signal;
    private final Duration interval;
    private final RunEvents events = new RunEvents();
    private int unchanged;
    private int failures;

    /** Polls a run about every {@code interval}. */
    RunWatch(CliEnvironment environment, RunPoller poller, EventSignal signal, Duration interval) {
        this.environment = environment;
        this.poller = poller;
        this.signal = signal;
        this.interval = interval.compareTo(MIN_PAUSE) < 0 ? MIN_PAUSE : interval;
    }

    /** Shows the run in a view, which is closed at the end; returns the exit code for the run's outcome. */
    ExitCode follow(WatchView view) throws InterruptedException {
        try (view) {
            while (true) {
                RunPoller.Snapshot snapshot = null;
                Duration pause;
                try {
                    snapshot = poller.poll(view.showsOpenRound());
                    failures = 0;
                    pause = pause(snapshot);
                } catch (OperatorException e) {
                    pause = afterFailure(view, e);
                }
                if (snapshot != null) {
                    view.show(
                            snapshot,
                            events,
                            events.see(snapshot.run(), environment.clock().instant()));
                    if (RunStatus.isOver(snapshot.state())) {
                        return RunStatus.endedEarly(snapshot.state()) ? ExitCode.FAILED : ExitCode.OK;
                    }
                }
                await(pause);
            }
        }
    }

    /** With an event stream, waits for an event, but also polls: a device that joins causes no event. */
    private void await(Duration pause) throws InterruptedException {
        if (signal.isConnected()) {
            environment.pause().sleep(interval);
            signal.await(IDLE);
        } else {
            environment.pause().sleep(pause);
        }
    }

    private Duration pause(RunPoller.Snapshot snapshot) {
        unchanged = snapshot.changed() ? 0 : unchanged + 1;
        if (snapshot.state().equals("running")) {
            return interval;
        }
        // Nothing changes until an operator acts.
        Duration longer = interval.multipliedBy(1 + unchanged);
        return longer.compareTo(IDLE) < 0 || interval.compareTo(IDLE) > 0 ? longer : IDLE;
    }

    /** Waits for a coordinator that has responded before; rethrows failures that are not temporary. */
    private Duration afterFailure(WatchView view, OperatorException failure) {
        if (failure.exitCode() != ExitCode.UNAVAILABLE || !poller.hasAnswered()) {
            throw failure;
        }
        failures++;
        Duration backoff = interval.multipliedBy(1L << Math.min(failures, 5));
        Duration pause = backoff.compareTo(MAX_PAUSE) < 0 ? backoff : MAX_PAUSE;
        pause = failure.retryAfter().compareTo(pause) > 0 ? failure.retryAfter() : pause;
        if (failures == 1) {
            RunEvents.Event event = new RunEvents.Event(
                    environment.clock().instant(), "no response; trying again: " + failure.getMessage());
            events.add(event);
            view.unreachable(events, event);
        }
        return pause;
    }
}
