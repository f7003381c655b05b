package io.evenkeel.client.internal.training;

import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvaluationFunction;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.GradientFunction;
import io.evenkeel.client.Model;
import io.evenkeel.client.Problem;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.RunOutcome;
import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.RunSecureAggregation;
import io.evenkeel.client.internal.device.AttributeReporter;
import io.evenkeel.client.internal.device.LoggingListener;
import io.evenkeel.client.internal.device.Session;
import io.evenkeel.client.internal.device.Settings;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.client.internal.http.StoppedException;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.DeviceTask;
import io.evenkeel.client.internal.protocol.ModelReference;
import io.evenkeel.client.internal.protocol.RunMembership;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.client.internal.state.Pending;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.RebaseSchedule;
import io.evenkeel.core.step.SlopeStep;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.wire.Report;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Runs a device's part of a run, from joining to the run's end: requests work, then computes, stages, sends
 * and commits messages.
 */
public final class Training {

    private static final Duration UNTOLD_PAUSE = Duration.ofSeconds(1);

    private final Settings settings;
    private final Coordinator coordinator;
    private final StopFlag stop;
    private final LoggingListener listener;
    private final AttributeReporter attributes;
    private final RunPlan plan;
    private final PlanTerms terms;
    private final long seed;
    private final DeviceState state;
    private final Reconciliation reconciliation;
    private final Uplink uplink;
    private final @Nullable CohortUplink cohort;
    private final ModelDownloader downlink;
    private final Reporter reporter;
    private final Waiting waiting;
    private final @Nullable PrivacySpending spending;
    private ModelReference after;
    private int heard;
    private Session session;

    /**
     * Reads the plan and opens the state.
     *
     * @throws EvenkeelException if this version does not support the plan, or device and coordinator disagree
     */
    public Training(
            Settings settings,
            Coordinator coordinator,
            StopFlag stop,
            LoggingListener listener,
            AttributeReporter attributes,
            RunMembership member)
            throws InterruptedException {
        this.settings = settings;
        this.session = Session.unbounded(settings.time());
        this.coordinator = coordinator;
        this.stop = stop;
        this.listener = listener;
        this.attributes = attributes;
        this.plan = member.plan();
        CohortTerms.check(settings.secureAggregation(), plan);
        this.terms = PlanTerms.of(plan);
        ModelRoom.require(plan, settings.maxDimension());
        RunSecureAggregation secure = plan.secureAggregation();
        // With privacy and secure aggregation all devices draw the same coordinates in a round.
        seed = plan.privacy() == null && secure == null
                ? SplitMix64.derive(plan.seed(), member.ordinal())
                : plan.seed();
        state = DeviceState.open(
                settings.store(),
                plan.run(),
                member.client(),
                terms.feedback(),
                plan.dimension(),
                secure == null ? null : new RebaseSchedule(secure.rebaseEvery()));
        Reconciliation reconciliation = new Reconciliation(coordinator, state, settings, listener, member);
        reconciliation.reconcile(member);
        uplink = new Uplink(coordinator, plan, state, reconciliation, listener);
        downlink = new ModelDownloader(coordinator, plan, settings.doublePrecision(), settings.replicas(), listener);
        reporter = new Reporter(settings.smoothness(), SlopeStep.isNamedIn(plan.step()), listener);
        spending = PrivacySpending.in(plan, settings, state.sequence(), listener);
        cohort = secure == null
                ? null
                : new CohortUplink(
                        coordinator,
                        settings,
                        plan,
                        state,
                        uplink,
                        new StepPolling(settings, stop),
                        listener,
                        spending);
        this.reconciliation = reconciliation;
        after = ModelReference.of(Math.max(reconciliation.member().lastRound(), state.lastRound()));
        heard = Math.max(after.round(), 0);
        waiting = new Waiting(coordinator, listener, member);
    }

    /** Takes part until the run or the session ends, or the client is stopped. */
    public RunOutcome run(GradientFunction gradient, Session bounds) throws InterruptedException {
        session = bounds;
        terms.requireSuited(gradient, plan.run());
        listener.joined(plan, state.sequence());
        try {
            waiting.begin();
            DeviceTask task = following(this::finishEarlier);
            while (true) {
                stop.check();
                if (task instanceof DeviceTask.Ended ended) {
                    if (ended.isHistoryLost()) {
                        follow();
                    }
                    heard = ended.round();
                    return outcome(end(ended.state()));
                } else if (session.isOver() || (task instanceof DeviceTask.Nothing && session.isOverWithoutTask())) {
                    return outcome(End.SESSION_ENDED);
                } else if (task instanceof DeviceTask.Work work) {
                    waiting.end();
                    attributes.report();
                    if (work.isHistoryLost()) {
                        follow();
                    }
                    after = work.model();
                    heard = Math.max(heard, after.round());
                    task = following(() -> takePart(work, gradient));
                } else if (task instanceof DeviceTask.Nothing nothing) {
                    pause(session.limit(nothing.pause() == null ? UNTOLD_PAUSE : nothing.pause()));
                    attributes.report();
                    session.ask();
                    task = following(this::ask);
                    if (task instanceof DeviceTask.Nothing) {
                        waiting.goOn(after.round());
                    }
                }
            }
        } catch (StoppedException e) {
            return outcome(End.STOPPED);
        }
    }

    private DeviceTask ask() throws InterruptedException {
        return coordinator.task(
                plan.run(), after, state.sequence(), session.limit(settings.longPoll()), downlink.since());
    }

    /** A part of a round, which ends with the next task. */
    @FunctionalInterface
    private interface Step {
        DeviceTask take() throws InterruptedException;
    }

    /**
     * Takes a step; if the coordinator does not have the model in the request, follows the coordinator and asks again.
     */
    private DeviceTask following(Step step) throws InterruptedException {
        try {
            return step.take();
        } catch (CoordinatorException e) {
            if (!isHistoryLost(e.problem())) {
                throw e;
            }
            follow();
            return new DeviceTask.Nothing(UNTOLD_PAUSE);
        }
    }

    /**
     * A device that joined after the backup is not a member, like one that an operator removed: its last model
     * distinguishes the two cases.
     */
    private boolean isHistoryLost(Problem problem) throws InterruptedException {
        if (problem.type() != ProblemType.MEMBER_NOT_FOUND || after.history() == null) {
            return problem.type() == ProblemType.HISTORY_LOST;
        }
        try {
            coordinator.task(plan.run(), after, state.sequence(), Duration.ZERO, downlink.since());
            return false;
        } catch (CoordinatorException e) {
            return e.problem().type() == ProblemType.HISTORY_LOST;
        }
    }

    /** Drops the data of a lost history, and adopts the coordinator's state. */
    private void follow() throws InterruptedException {
        downlink.forget();
        reconciliation.follow(membership());
        after = ModelReference.of(reconciliation.member().lastRound());
        heard = Math.max(after.round(), 0);
    }

    private RunMembership membership() throws InterruptedException {
        try {
            return coordinator.membership(plan.run());
        } catch (CoordinatorException e) {
            if (e.problem().type() != ProblemType.MEMBER_NOT_FOUND) {
                throw e;
            }
            return coordinator.join(plan.run(), settings.weight());
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        if (!pause.isZero()) {
            settings.time().sleep(pause, stop);
        }
    }

    private static End end(String state) {
        return switch (state) {
            case "finished" -> End.FINISHED;
            case "cancelled" -> End.CANCELLED;
            case "failed" -> End.FAILED;
            default -> throw new IllegalStateException("a run cannot end in state '" + state + "'");
        };
    }

    private RunOutcome outcome(End end) {
        return new RunOutcome(plan.run(), end, heard, uplink.accepted(), uplink.refused());
    }

    /**
     * Sends the message that was staged when the device last stopped. The response shows whether it had
     * arrived before.
     */
    private DeviceTask finishEarlier() throws InterruptedException {
        if (state.pending() == null) {
            return DeviceTask.Nothing.YET;
        }
        Pending pending = state.pending();
        after = after.round() < pending.round() ? Uplink.model(pending) : after;
        return send(pending.round(), -1);
    }

    private DeviceTask takePart(DeviceTask.Work work, GradientFunction function) throws InterruptedException {
        if ((spending != null && spending.isExhausted()) || (cohort != null && cohort.endsPartIn(work.round()))) {
            return DeviceTask.Nothing.YET;
        }
        session.beginRound();
        listener.roundStarted(work.round());
        Model model;
        try {
            model = downlink.fetch(work);
        } catch (CoordinatorException e) {
            if (e.problem().type() == ProblemType.ROUND_NOT_FOUND) {
                return askAgainFor(work.round());
            } else if (!passed(e.problem())) {
                throw e;
            }
            return DeviceTask.Nothing.YET;
        }
        CohortBasis basis = cohort == null ? null : cohort.basis(model);
        Map<String, Double> metrics = evaluate(model);
        RoundGradients gradients = compute(function, model);
        stop.check();
        if (gradients.isSkip()) {
            return DeviceTask.Nothing.YET;
        }
        stage(work.model(), gradients, metrics, basis);
        return send(work.round(), work.attempt());
    }

    private DeviceTask send(int round, int attempt) throws InterruptedException {
        Uplink.Sent sent = cohort != null
                ? cohort.send(attempt, session)
                : uplink.send(session.limit(settings.longPoll()), downlink.since());
        return sent.isTooEarly() ? askAgainFor(round) : sent.next();
    }

    /**
     * Waits for a round that was announced but does not exist. A coordinator that failed before the round's
     * opening was on disk returns to the previous round, and closes that one again with the same result.
     */
    private DeviceTask askAgainFor(int round) {
        after = ModelReference.of(round - 1);
        return new DeviceTask.Nothing(UNTOLD_PAUSE);
    }

    /** Returns whether the round closed before the device had downloaded the model. */
    private static boolean passed(Problem problem) {
        return problem.type() == ProblemType.MODEL_NOT_KEPT || problem.type() == ProblemType.ROUND_CLOSED;
    }

    private void stage(
            ModelReference on, RoundGradients gradients, Map<String, Double> metrics, @Nullable CohortBasis basis) {
        int round = on.round();
        try {
            Report report = report(gradients, metrics);
            Staged staged = gradients.stage(terms.compressor(), SplitMix64.derive(seed, round));
            if (spending != null && cohort == null) {
                spending.count();
            }
            int bytes = cohort == null || basis == null
                    ? state.stage(round, on.history(), report, staged).message().length
                    : cohort.stage(on, report, staged, basis);
            listener.messageStaged(round, state.sequence() + 1, bytes);
        } catch (IllegalArgumentException e) {
            throw new EvenkeelException("in round " + round + " nothing was sent: " + e.getMessage(), e);
        }
    }

    private Report report(RoundGradients gradients, Map<String, Double> metrics) {
        if (spending != null) {
            // A figure sent along with a private message would be unprotected, and no noise is added to a
            // loss.
            return Report.of(1);
        }
        if (cohort != null) {
            // The loss is added up under masks, and the message itself is never sent.
            return new Report(1, gradients.gradient().loss(), OptionalDouble.empty(), OptionalDouble.empty(), Map.of());
        }
        return reporter.report(gradients, metrics);
    }

    private Map<String, Double> evaluate(Model model) throws InterruptedException {
        EvaluationFunction evaluation = settings.evaluation();
        return evaluation == null || spending != null || cohort != null
                ? Map.of()
                : call("evaluation", model, () -> evaluation.evaluate(model));
    }

    private String savedState() {
        String saved = settings.savedState();
        return saved.isEmpty() ? "" : saved + "; ";
    }

    private RoundGradients compute(GradientFunction function, Model model) throws InterruptedException {
        double eta = terms.eta().at(model.round(), plan.horizon() - 1);
        return call(
                "gradient",
                model,
                () -> RoundGradients.compute(state.feedback(model.round()), function, model, state.lastRound(), eta));
    }

    private <T> T call(String what, Model model, java.util.concurrent.Callable<T> function)
            throws InterruptedException {
        try {
            return function.call();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new EvenkeelException(
                    "the " + what + " function failed in round " + model.round() + ": " + e + ": " + savedState()
                            + "fix it and train again",
                    e);
        }
    }
}
