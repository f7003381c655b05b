package io.evenkeel.client;

import io.evenkeel.client.internal.http.Retries;
import io.evenkeel.client.internal.http.StopSignal;
import io.evenkeel.client.internal.http.StoppedException;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.Membership;
import io.evenkeel.client.internal.state.DeviceState;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * A device of a fleet, in one run.
 *
 * <p>{@link #train} does the work, on the thread that calls it. {@link #stop} and {@link #close} are for any thread; everything
 * else waits its turn.
 */
public final class EvenkeelClient implements AutoCloseable {

    private final Settings settings;
    private final LoggingListener listener;
    private final StopSignal stop = new StopSignal();
    private final Retries retries;
    private final Coordinator coordinator;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile boolean closing;
    private boolean closed;

    EvenkeelClient(Settings settings) {
        this.settings = settings;
        this.listener = new LoggingListener(settings.listeners());
        this.retries = new Retries(
                settings.transport(), settings.time(), settings.random(), settings.retryFor(), stop, new Caller());
        this.coordinator = new Coordinator(settings.endpoint(), retries);
    }

    /** Tells of this device what {@link Retries} has to know. */
    private final class Caller implements Retries.Caller {

        @Override
        public void retrying(String request, String cause, Duration pause) {
            listener.retrying(request, cause, pause);
        }

        @Override
        public boolean isEnrolled() {
            return coordinator.hasCredentials();
        }

        @Override
        public String savedState() {
            return settings.savedState();
        }
    }

    /**
     * Starts the settings of a client.
     *
     * @param endpoint the coordinator's address, such as {@code https://coordinator.example:8080}; a path is kept as a prefix
     */
    public static ClientBuilder builder(URI endpoint) {
        return new ClientBuilder(endpoint);
    }

    /**
     * Takes part in the run until it ends, or the device is told to stop.
     *
     * <p>Enrols and joins if need be, and first finishes what an earlier training left unfinished.
     *
     * @throws io.evenkeel.client.EvenkeelException if the device cannot go on; its saved state is whole
     * @throws InterruptedException if the thread was interrupted; its saved state is whole
     * @throws IllegalStateException if another thread uses the client, or it is closed
     */
    public RunOutcome train(GradientFunction gradient) throws InterruptedException {
        return train(gradient, Session.unbounded(settings.time()));
    }

    /**
     * Takes part in a number of rounds at most, for a platform that gives work a bounded time, such as Android's WorkManager.
     *
     * <p>Returns with {@link RunOutcome.End#SESSION_ENDED} when it has taken part in so many rounds, or the time has passed. After the
     * deadline it starts nothing: neither a round nor a wait nor a repetition. What is under way then, a computation or a transfer, ends in
     * its own time; {@link #stop} cuts transfers short. The next call goes on where this one ended. A message that an earlier training left
     * unfinished is sent first and does not count.
     *
     * @param rounds the largest number of rounds to take part in, at least 1
     * @param deadline the time for all of it, counted from the call
     * @throws DeadlineException if the coordinator could not be reached before the deadline
     * @throws EvenkeelException as {@link #train}
     * @throws InterruptedException as {@link #train}
     * @throws IllegalArgumentException if a bound is not above zero
     * @throws IllegalStateException as {@link #train}
     */
    public RunOutcome trainFor(GradientFunction gradient, int rounds, Duration deadline) throws InterruptedException {
        return train(gradient, Session.of(settings.time(), rounds, deadline));
    }

    private RunOutcome train(GradientFunction gradient, Session session) throws InterruptedException {
        return inTurn(() -> {
            retries.limitBy(session::limitAttempts);
            try {
                RunOutcome outcome = trainUntilStopped(gradient, session);
                listener.finished(outcome);
                return outcome;
            } finally {
                retries.limitBy(UnaryOperator.identity());
            }
        });
    }

    private RunOutcome trainUntilStopped(GradientFunction gradient, Session session) throws InterruptedException {
        try {
            enrol();
            return new Training(settings, coordinator, stop, listener, join(), session).run(gradient);
        } catch (StoppedException e) {
            return new RunOutcome(settings.run(), RunOutcome.End.STOPPED, 0, 0, 0);
        }
    }

    /** Joins, unless the run ended while the device was away: then its membership still tells it how the run ended. */
    private Membership join() throws InterruptedException {
        try {
            return coordinator.join(settings.run(), settings.weight());
        } catch (CoordinatorException refusal) {
            if (refusal.problem().type() != ProblemType.WRONG_STATE) {
                throw refusal;
            }
            try {
                return coordinator.membership(settings.run());
            } catch (CoordinatorException e) {
                throw e.problem().type() == ProblemType.MEMBER_NOT_FOUND ? refusal : e;
            }
        }
    }

    /**
     * Fetches the model of a round; that of round R, which {@link RunOutcome#round()} of a finished run is, is the final one.
     *
     * @throws io.evenkeel.client.CoordinatorException {@code round-not-found} or {@code model-not-kept}, or whatever else
     *     the coordinator has against it
     * @throws IllegalStateException if another thread uses the client, or it is stopped or closed
     */
    public Model model(int round) throws InterruptedException {
        return inTurn(() -> {
            enrol();
            Membership member = coordinator.membership(settings.run());
            return new Downlink(coordinator, member.plan(), settings.doublePrecision(), false, listener).dense(round);
        });
    }

    /**
     * Leaves the run for good: the coordinator takes the device's share out of the sum, and the device forgets its half.
     *
     * @throws io.evenkeel.client.CoordinatorException if the coordinator refuses
     * @throws IllegalStateException if another thread uses the client, or it is stopped or closed
     */
    public void leave() throws InterruptedException {
        inTurn(() -> {
            enrol();
            coordinator.leave(settings.run());
            DeviceState.forget(settings.store(), settings.run());
            return settings.run();
        });
    }

    /**
     * Changes the device's secret, from time to time or when it may have become known. If it fails or the device dies over it, the
     * secret is the old one or the new one, and the one that is saved is good.
     *
     * @throws io.evenkeel.client.CoordinatorException if the coordinator refuses
     * @throws IllegalStateException if the credentials were given rather than got by enrolling, if another thread uses the client,
     *     or it is stopped or closed
     */
    public void rotateSecret() throws InterruptedException {
        inTurn(() -> {
            enrol();
            new Enrolment(settings, listener).rotate(coordinator);
            return settings.run();
        });
    }

    private void enrol() throws InterruptedException {
        coordinator.use(new Enrolment(settings, listener).credentials(coordinator));
    }

    /** An operation that has the client to itself. */
    private interface Work<T> {

        T run() throws InterruptedException;
    }

    private <T> T inTurn(Work<T> work) throws InterruptedException {
        if (turn.isHeldByCurrentThread() || !turn.tryLock()) {
            throw new IllegalStateException("the client is in use already: one thing at a time");
        }
        try {
            if (closed) {
                throw new IllegalStateException("the client is closed: build another");
            }
            return work.run();
        } finally {
            if (closing) {
                release();
            }
            turn.unlock();
        }
    }

    /**
     * Asks the training to end, for good: waiting and requests end at once, the computation under way ends in its own time and
     * is not sent. A message that was under way stays staged. Another client on the same state goes on from there.
     */
    public void stop() {
        stop.give();
        settings.transport().abort();
    }

    /**
     * Stops, waits until the training has returned, and lets go of the state and of all threads. Called from within the
     * training, by a listener say, it does the last two as soon as the training returns.
     */
    @Override
    public void close() {
        stop();
        closing = true;
        if (turn.isHeldByCurrentThread()) {
            return;
        }
        turn.lock();
        try {
            release();
        } finally {
            turn.unlock();
        }
    }

    private void release() {
        if (!closed) {
            closed = true;
            settings.transport().close();
            settings.store().close();
        }
    }
}
