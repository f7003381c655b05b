package io.evenkeel.client.internal.training;

import io.evenkeel.client.internal.device.Session;
import io.evenkeel.client.internal.device.Settings;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.client.internal.protocol.AttemptSteps;
import io.evenkeel.client.internal.protocol.AttemptSteps.Answer;
import io.evenkeel.client.internal.protocol.AttemptSteps.Frame;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the response to a step of secure aggregation, until it is available, the session is overdue, or the client
 * is stopped.
 */
final class StepPolling {

    private static final Duration UNTOLD_PAUSE = Duration.ofSeconds(1);

    private final Settings settings;
    private final StopFlag stop;
    private Session session;

    StepPolling(Settings settings, StopFlag stop) {
        this.settings = settings;
        this.stop = stop;
        this.session = Session.unbounded(settings.time());
    }

    /** Limits later waits to a session's time. */
    void limitBy(Session bounds) {
        session = bounds;
    }

    /** Returns the time for which the coordinator may hold the next request. */
    Duration longest() {
        return session.limitStep(settings.longPoll());
    }

    /**
     * Returns the frame that completes a step.
     *
     * @throws SessionOverException if the session ends first
     */
    byte[] frame(AttemptSteps steps, String step, long maxBytes) throws InterruptedException {
        while (true) {
            Answer answer = steps.get(step, longest(), maxBytes);
            if (answer instanceof Frame frame) {
                return frame.bytes();
            } else if (answer instanceof Answer.Pending pending) {
                pause(pending.pause());
            }
        }
    }

    /**
     * Pauses between two requests.
     *
     * @param asked the pause that the coordinator requested, null if none
     * @throws SessionOverException if the session is over
     */
    void pause(@Nullable Duration asked) throws InterruptedException {
        stop.check();
        if (session.isOverdue()) {
            throw new SessionOverException();
        }
        Duration pause = session.limitStep(asked == null ? UNTOLD_PAUSE : asked);
        if (!pause.isZero()) {
            settings.time().sleep(pause, stop);
        }
    }

    /** The session's time ended while the device waited for others; its message stays staged. */
    static final class SessionOverException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        SessionOverException() {
            super("the session is over", null, false, false);
        }
    }
}
