package io.evenkeel.client;

import io.evenkeel.client.internal.device.AttributeReporter;
import io.evenkeel.client.internal.device.ClientTurns;
import io.evenkeel.client.internal.device.CredentialsSource;
import io.evenkeel.client.internal.device.EnrolmentUri;
import io.evenkeel.client.internal.device.LoggingListener;
import io.evenkeel.client.internal.device.Session;
import io.evenkeel.client.internal.device.Settings;
import io.evenkeel.client.internal.http.Retries;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.client.internal.http.StoppedException;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.Credentials;
import io.evenkeel.client.internal.protocol.RunMembership;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.client.internal.training.ModelDownloader;
import io.evenkeel.client.internal.training.ModelRoom;
import io.evenkeel.client.internal.training.Training;
import io.evenkeel.client.internal.work.EvaluationReport;
import io.evenkeel.client.internal.work.WorkLoop;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A device of a fleet.
 *
 * <p>{@link #train} takes part in one run, and {@link #work} in all runs that the coordinator assigns to the
 * device. They run on the calling thread. {@link FollowedModel#refresh}, {@link #stop} and {@link #close} may
 * be called from any thread; only one of the other methods may run at a time.
 */
public final class EvenkeelClient implements AutoCloseable {

    private final Settings settings;
    private final LoggingListener listener;
    private final StopFlag stop = new StopFlag();
    private final Retries retries;
    private final Coordinator coordinator;

    /** For followed models, which are refreshed while the device trains. */
    private final Coordinator models;

    private final AttributeReporter attributes;
    private final ReentrantLock enrolment = new ReentrantLock();
    private final ClientTurns turns;

    EvenkeelClient(Settings settings) {
        this.settings = settings;
        this.listener = new LoggingListener(settings.listeners());
        this.retries = retries();
        this.coordinator = new Coordinator(settings.endpoint(), retries);
        this.models = new Coordinator(settings.endpoint(), retries());
        this.attributes = new AttributeReporter(settings, coordinator);
        this.turns = new ClientTurns(stop, () -> {
            settings.transport().close();
            settings.store().close();
        });
    }

    private Retries retries() {
        return new Retries(
                settings.transport(), settings.time(), settings.random(), settings.retryFor(), stop, new Caller());
    }

    /** Describes this device to {@link Retries}. */
    private final class Caller implements Retries.Caller {

        @Override
        public void retrying(String request, String cause, Duration pause) {
            listener.retrying(request, cause, pause);
        }

        @Override
        public boolean isEnrolled() {
            return coordinator.hasCredentials() || models.hasCredentials();
        }

        @Override
        public String savedState() {
            return settings.savedState();
        }
    }

    /**
     * Returns a builder for a client.
     *
     * @param endpoint the coordinator's address, such as {@code https://coordinator.example:8080}; a path is kept as a
     *     prefix
     */
    public static ClientBuilder builder(URI endpoint) {
        return new ClientBuilder(endpoint);
    }

    /**
     * Returns a builder for a client from the URI in the QR code of an enrolment token: its address, token
     * and, if the token is for one run, its run.
     *
     * @param uri {@code evenkeel://enrol?coordinator=URL&token=TOKEN&run=RUN}, as the console shows it
     * @throws IllegalArgumentException if it does not have this form; the message does not contain the token
     */
    public static ClientBuilder fromEnrolmentUri(String uri) {
        EnrolmentUri enrolment = EnrolmentUri.parse(uri);
        ClientBuilder builder = builder(enrolment.coordinator()).enrolmentToken(enrolment.token());
        return enrolment.run() == null ? builder : builder.run(enrolment.run());
    }

    /**
     * Takes part in the run until it ends or {@link #stop} is called.
     *
     * <p>Enrols and joins if necessary. First completes a message that an earlier training left unfinished.
     *
     * @throws io.evenkeel.client.EvenkeelException if the device cannot continue, or the client is closed, or an
     *     earlier call was ended by {@link #stop} (a stop before the first call gives {@link RunOutcome.End#STOPPED});
     *     the saved state is consistent
     * @throws InterruptedException if the thread was interrupted; the saved state is consistent
     * @throws IllegalStateException if another thread is using the client for anything but refreshing a followed model
     */
    public RunOutcome train(GradientFunction gradient) throws InterruptedException {
        return train(gradient, Session.unbounded(settings.time()));
    }

    /**
     * Takes part in a limited number of rounds, for platforms that limit the time of background work, such as Android's
     * WorkManager.
     *
     * <p>Returns {@link RunOutcome.End#SESSION_ENDED} after that number of rounds or after the deadline. No
     * round, wait or retry starts after the deadline. A computation or transfer in progress is completed;
     * {@link #stop} aborts transfers. The next call continues where this one ended. A message that an earlier
     * training left unfinished is sent first and does not count.
     *
     * @param rounds the largest number of rounds to take part in, at least 1
     * @param deadline the time limit for the whole call
     * @throws DeadlineException if the coordinator could not be reached before the deadline
     * @throws EvenkeelException as {@link #train}
     * @throws InterruptedException as {@link #train}
     * @throws IllegalArgumentException if a bound is not above zero
     * @throws IllegalStateException as {@link #train}
     */
    public RunOutcome trainFor(GradientFunction gradient, int rounds, Duration deadline) throws InterruptedException {
        return train(gradient, Session.of(settings.time(), rounds, deadline));
    }

    /**
     * Checks in with the coordinator and takes part in the runs that it assigns to the device, one round at a
     * time, until {@link #stop} is called. The client needs no {@link ClientBuilder#run}. Another thread may
     * {@linkplain FollowedModel#refresh() refresh} followed models at the same time.
     *
     * <p>Enrols if necessary, joins the runs, and checks in again when the coordinator asks for it, which may be after
     * an hour in a large fleet. If the coordinator cannot be reached, the device keeps trying. First completes a
     * message that an earlier training left unfinished.
     *
     * @throws EvenkeelException as {@link #train}; another call continues
     * @throws InterruptedException as {@link #train}
     * @throws IllegalStateException as {@link #train}
     */
    public void work(WorkHandler handler) throws InterruptedException {
        turns.training(() -> {
            try {
                enrol(coordinator);
                new WorkLoop(settings, coordinator, retries, stop, listener, attributes, handler).run();
            } catch (StoppedException whileEnrolling) {
                listener.waiting("stopped; no check-in");
            }
            return handler;
        });
    }

    /** Returns the run, for methods that require one. */
    private String run() {
        if (settings.run().isEmpty()) {
            throw new IllegalStateException("no run is set: set it with run(\"...\")");
        }
        return settings.run();
    }

    private RunOutcome train(GradientFunction gradient, Session session) throws InterruptedException {
        run();
        Objects.requireNonNull(gradient, "gradient");
        return turns.training(() -> {
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
            enrol(coordinator);
            attributes.report();
            return new Training(settings, coordinator, stop, listener, attributes, join()).run(gradient, session);
        } catch (StoppedException e) {
            return new RunOutcome(run(), RunOutcome.End.STOPPED, 0, 0, 0);
        }
    }

    /** Joins the run. If the run ended while the device was offline, its membership states how. */
    private RunMembership join() throws InterruptedException {
        try {
            return coordinator.join(run(), settings.weight());
        } catch (CoordinatorException refusal) {
            if (refusal.problem().type() != ProblemType.WRONG_STATE) {
                throw refusal;
            }
            try {
                return coordinator.membership(run());
            } catch (CoordinatorException e) {
                throw e.problem().type() == ProblemType.MEMBER_NOT_FOUND ? refusal : e;
            }
        }
    }

    /**
     * Downloads the model of a round. Round R of a finished run, returned by {@link RunOutcome#round()}, has the final
     * model. With a lossy downlink it is the coordinator's model, which is ahead of the model that devices train on.
     *
     * @throws io.evenkeel.client.CoordinatorException if the coordinator refuses, such as with {@code round-not-found}
     *     or {@code model-not-kept}
     * @throws io.evenkeel.client.EvenkeelException if the client is stopped or closed
     * @throws IllegalStateException if another thread uses the client
     */
    public Model model(int round) throws InterruptedException {
        return turns.training(() -> {
            enrol(coordinator);
            RunMembership member = coordinator.membership(run());
            ModelRoom.require(member.plan(), settings.maxDimension());
            return new ModelDownloader(coordinator, member.plan(), settings.doublePrecision(), false, listener)
                    .result(round);
        });
    }

    /**
     * Follows an alias of a registered model; {@link FollowedModel#refresh} downloads its newest version.
     *
     * @param model the registered model's name
     * @param alias the alias that operators move, such as {@code production}
     * @throws IllegalArgumentException if a name is not valid
     */
    public FollowedModel follow(String model, String alias) {
        return followed(model, alias, null);
    }

    /**
     * Follows an alias of a registered model as {@link #follow(String, String)} does, and evaluates the
     * version of a roll-out and the version in use on the device's data before it switches. The metrics of
     * both are reported, and decide whether the roll-out continues.
     *
     * @param evaluator evaluates versions, on the thread that calls {@link FollowedModel#refresh}
     * @throws IllegalArgumentException if a name is not valid
     */
    public FollowedModel follow(String model, String alias, VersionEvaluator evaluator) {
        return followed(model, alias, evaluator);
    }

    private FollowedModel followed(String model, String alias, @Nullable VersionEvaluator evaluator) {
        return new FollowedModel(
                model,
                alias,
                evaluator,
                models,
                settings.store(),
                listener,
                download -> turns.following(() -> {
                    enrol(models);
                    return download.run();
                }));
    }

    /**
     * Sends this device's result of an evaluation. It counts once; sending the same result again changes nothing.
     *
     * @param evaluation the evaluation's name
     * @param result the metrics of the evaluation's model, on at least one
     *     sample; values that are not finite are not sent
     * @throws IllegalArgumentException if the name is not valid, or there is no finite value or no sample
     * @throws io.evenkeel.client.CoordinatorException if the coordinator refuses, such as {@code evaluation-closed}
     * @throws io.evenkeel.client.EvenkeelException if the client is stopped or closed
     * @throws IllegalStateException if another thread uses the client
     */
    public void reportEvaluation(String evaluation, VersionMetrics result) throws InterruptedException {
        Map<String, Object> body = EvaluationReport.of(evaluation, result);
        turns.training(() -> {
            enrol(coordinator);
            coordinator.reportEvaluation(evaluation, body);
            return evaluation;
        });
    }

    /**
     * Leaves the run permanently: the coordinator removes the device's share from the sum, and the device
     * deletes its state for the run.
     *
     * @throws io.evenkeel.client.CoordinatorException if the coordinator refuses
     * @throws io.evenkeel.client.EvenkeelException if the client is stopped or closed
     * @throws IllegalStateException if another thread uses the client
     */
    public void leave() throws InterruptedException {
        turns.training(() -> {
            enrol(coordinator);
            coordinator.leave(run());
            DeviceState.forget(settings.store(), run());
            return run();
        });
    }

    /**
     * Changes the device's secret; call it regularly, or when the secret may have leaked. If this fails or the device
     * crashes in the meantime, the saved secret is valid, whether it is the old or the new one.
     *
     * @throws io.evenkeel.client.CoordinatorException if the coordinator refuses
     * @throws io.evenkeel.client.EvenkeelException if the client is stopped or closed
     * @throws IllegalStateException if the credentials were configured instead of obtained by enrolling, or another
     *     thread uses the client
     */
    public void rotateSecret() throws InterruptedException {
        // No refresh of a followed model may send the old secret once the new one has been used.
        turns.training(() -> turns.following(() -> {
            enrol(coordinator);
            new CredentialsSource(settings, attributes, listener).rotate(coordinator);
            return settings.run();
        }));
    }

    /** Obtains the credentials for the next requests; enrols once, even if a model is refreshed at the same time. */
    private void enrol(Coordinator requests) throws InterruptedException {
        enrolment.lockInterruptibly();
        try {
            Credentials credentials = new CredentialsSource(settings, attributes, listener).credentials(requests);
            requests.use(credentials);
            attributes.use(credentials);
        } finally {
            enrolment.unlock();
        }
    }

    /**
     * Stops the training and refreshes permanently: waits and requests end immediately; a computation in
     * progress is completed, but its result is not sent. An unanswered message stays staged. Another client
     * on the same state continues from there; further calls to this client throw {@link EvenkeelException}.
     */
    public void stop() {
        stop.give();
        settings.transport().abort();
    }

    /**
     * Stops the training and refreshes, waits until they have returned, and releases the state and all threads. If it
     * is called from within one of them, such as by a listener, it returns immediately, and the state and
     * threads are released later.
     */
    @Override
    public void close() {
        stop();
        turns.close();
    }
}
