package io.evenkeel.client.internal.training;

import io.evenkeel.client.ClientListener;
import io.evenkeel.client.CoordinatorException;
import io.evenkeel.client.EvenkeelException;
import io.evenkeel.client.Model;
import io.evenkeel.client.ProblemType;
import io.evenkeel.client.RunPlan;
import io.evenkeel.client.RunPrivacy;
import io.evenkeel.client.RunSecureAggregation;
import io.evenkeel.client.SecureAggregation;
import io.evenkeel.client.StateException;
import io.evenkeel.client.internal.device.Session;
import io.evenkeel.client.internal.device.Settings;
import io.evenkeel.client.internal.protocol.AttemptSteps.Answer;
import io.evenkeel.client.internal.protocol.AttemptSteps.Outcome;
import io.evenkeel.client.internal.protocol.Coordinator;
import io.evenkeel.client.internal.protocol.DeviceTask;
import io.evenkeel.client.internal.protocol.ModelReference;
import io.evenkeel.client.internal.state.DeviceState;
import io.evenkeel.client.internal.state.Pending;
import io.evenkeel.client.internal.state.RoundMarkers;
import io.evenkeel.client.internal.training.StepPolling.SessionOverException;
import io.evenkeel.core.feedback.Staged;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortPlan;
import io.evenkeel.core.secagg.CohortRules;
import io.evenkeel.core.secagg.VectorWords;
import io.evenkeel.core.wire.Report;
import io.evenkeel.core.wire.SecAggFrames;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Contributes the staged message to a cohort's sum, in one or more attempts of the round, until the coordinator reports
 * whether it is in the sum; then commits or discards it. After a restart it first asks for the outcome, since an
 * earlier attempt may have succeeded.
 */
final class CohortUplink {

    /**
     * Problems after which this attempt is lost for the device: it was too late, or sent different keys
     * before it restarted.
     */
    private static final Set<ProblemType> LOST = Set.of(ProblemType.ATTEMPT_CLOSED, ProblemType.CONFLICT);

    /**
     * Problems after which the message is not in any sum. A refused format is not one of them: an earlier request may
     * have been accepted.
     */
    private static final Set<ProblemType> SETTLED = Set.of(
            ProblemType.ROUND_CLOSED,
            ProblemType.ROUND_NOT_OPEN,
            ProblemType.WRONG_STATE,
            ProblemType.HISTORY_LOST,
            ProblemType.STATE_DIVERGED,
            ProblemType.OTHER_MODEL);

    private static final int NONE = -1;

    private final Coordinator coordinator;
    private final SecureAggregation terms;
    private final RunSecureAggregation planned;
    private final CohortPlan cohortPlan;
    private final VectorWords words;
    private final String run;
    private final DeviceState state;
    private final Uplink uplink;
    private final RoundMarkers markers;
    private final StepPolling polling;
    private final ClientListener listener;
    private final @Nullable CohortNoise noise;
    private final @Nullable PrivacySpending spending;
    private final SecureRandom random = new SecureRandom();
    private boolean isPastReported;
    private @Nullable NextRound reported;

    /** @param spending counts the messages of a run with privacy; null in other runs */
    CohortUplink(
            Coordinator coordinator,
            Settings settings,
            RunPlan plan,
            DeviceState state,
            Uplink uplink,
            StepPolling polling,
            ClientListener listener,
            @Nullable PrivacySpending spending) {
        this.coordinator = coordinator;
        this.terms = Objects.requireNonNull(settings.secureAggregation());
        this.planned = Objects.requireNonNull(plan.secureAggregation());
        this.cohortPlan = cohortPlan(plan, planned);
        this.words = new VectorWords(planned.exponent(), planned.maxMembers());
        this.run = plan.run();
        this.state = state;
        this.uplink = uplink;
        this.polling = polling;
        this.listener = listener;
        this.noise = plan.privacy() == null ? null : plan.privacy().shares();
        this.spending = spending;
        this.markers = RoundMarkers.open(settings.store(), run);
    }

    /**
     * Returns the part of the plan that all members of a cohort must have in common.
     *
     * @throws EvenkeelException if an owner is not base64
     */
    private static CohortPlan cohortPlan(RunPlan plan, RunSecureAggregation secure) {
        RunPrivacy privacy = plan.privacy();
        List<byte[]> owners = new ArrayList<>();
        for (String owner : secure.owners()) {
            try {
                owners.add(Base64.getDecoder().decode(owner));
            } catch (IllegalArgumentException e) {
                throw new EvenkeelException(
                        "run '" + plan.run() + "' has an owner that is not base64: '" + owner
                                + "': check that both sides have" + " the same version",
                        e);
            }
        }
        return new CohortPlan(
                plan.layout().tensors(),
                plan.algorithm(),
                plan.feedback(),
                plan.eta(),
                plan.horizon(),
                plan.compressor(),
                plan.downlink(),
                plan.seed(),
                owners,
                new CohortRules(secure.minMembers(), secure.maxMembers(), secure.dropout(), secure.collusion()),
                secure.rebaseEvery(),
                secure.exponent(),
                privacy == null
                        ? null
                        : new CohortPlan.Privacy(privacy.mechanism(), privacy.delta(), privacy.epsilon()));
    }

    /** The first round that the device has reported to the coordinator, and the membership of that report. */
    private record NextRound(long ordinal, int round) {}

    /**
     * Returns whether the device takes no further part in a round, regardless of the outcome of its attempts, and
     * reports this to the coordinator.
     */
    boolean endsPartIn(int round) throws InterruptedException {
        int newest = markers.newest();
        if (round < newest && !isPastReported) {
            isPastReported = true;
            listener.waiting(
                    "no part in round " + round + " of run '" + run + "': this device has taken part in round " + newest
                            + " of a run of this name, and never takes part in a round twice. If the run is a new one, call leave() to take part in it");
        }
        boolean ends = markers.endsPartIn(round);
        if (ends) {
            reportNextRound();
        }
        return ends;
    }

    /** If too few devices are left for the round, the coordinator skips to one in which this device takes part. */
    private void reportNextRound() throws InterruptedException {
        NextRound next = new NextRound(uplink.member().ordinal(), markers.next());
        if (!next.equals(reported)) {
            coordinator.reportNextRound(run, next.round());
            reported = next;
        }
    }

    /** Returns the digest of the run's plan and of a model, for the message that is computed from it. */
    CohortBasis basis(Model model) {
        return CohortBasis.of(cohortPlan, model::writeFloats);
    }

    /**
     * Saves a message; it may be masked after this returns.
     *
     * @param model the model that it was computed from
     * @param basis the digest of the model and the plan
     * @return the bytes of the masked vector
     * @throws StateException if it cannot be saved; the state is then unchanged
     */
    int stage(ModelReference model, Report report, Staged staged, CohortBasis basis) {
        byte[] salt = new byte[DeviceState.SALT_BYTES];
        random.nextBytes(salt);
        state.stage(model.round(), model.history(), report, staged, salt, basis);
        return (int) SecAggFrames.maskedBytes(staged.delta().count() + VectorWords.EXTRA);
    }

    /**
     * Contributes the staged message and waits for the outcome.
     *
     * @param attempt the attempt for which the device has a task; -1 if it has none, after a restart
     * @throws EvenkeelException if the device cannot continue; a message that may be in a sum stays staged
     */
    Uplink.Sent send(int attempt, Session session) throws InterruptedException {
        polling.limitBy(session);
        Pending pending = Objects.requireNonNull(state.pending());
        try {
            contribute(pending, attempt);
        } catch (SessionOverException e) {
            // The message stays staged, for the next session.
            return new Uplink.Sent(false, DeviceTask.Nothing.YET);
        } catch (CoordinatorException e) {
            if (!SETTLED.contains(e.problem().type()) || !uplink.settle(pending, e.problem())) {
                throw e;
            }
            return new Uplink.Sent(e.problem().type() == ProblemType.ROUND_NOT_OPEN, DeviceTask.Nothing.YET);
        }
        return new Uplink.Sent(false, DeviceTask.Nothing.YET);
    }

    private void contribute(Pending pending, int first) throws InterruptedException {
        int attempt = first;
        int tried = NONE;
        int undecided = 0;
        boolean waits = first != NONE;
        while (true) {
            if (attempt > tried
                    && !markers.endsPartIn(pending.round())
                    && (spending == null || !spending.isExhausted())) {
                tried = attempt;
                take(pending, attempt);
            }
            // The coordinator holds the request until the outcome is decided, or another attempt is open.
            Answer answer = coordinator
                    .attempt(run, Uplink.model(pending), Math.max(tried, 0))
                    .outcome(waits ? polling.longest() : Duration.ZERO);
            if (answer instanceof Outcome outcome) {
                uplink.settle(pending, outcome.receipt());
                return;
            } else if (waits && answer instanceof Answer.Pending later) {
                polling.pause(later.pause());
            }
            boolean ends = markers.endsPartIn(pending.round());
            undecided += ends ? 1 : 0;
            if (undecided > 1) {
                // A coordinator with a restored database asks the device to reveal again.
                reportNextRound();
            }
            attempt = ends ? NONE : openAttempt(pending.round());
            waits = true;
        }
    }

    private void take(Pending pending, int attempt) throws InterruptedException {
        CohortAttempt next = new CohortAttempt(
                new CohortContext(run, pending.round(), attempt, pending.basis()),
                Math.toIntExact(uplink.member().ordinal()),
                terms,
                planned,
                coordinator.attempt(run, Uplink.model(pending), attempt),
                polling,
                listener);
        try {
            next.take(pending, state.head(), words, noise, markers, spending);
        } catch (CoordinatorException e) {
            if (!LOST.contains(e.problem().type())) {
                throw e;
            }
        }
    }

    /** Returns the attempt in which the coordinator asks the device to take part, -1 if there is none. */
    private int openAttempt(int round) throws InterruptedException {
        return coordinator.task(run, ModelReference.of(round - 1), state.sequence(), Duration.ZERO, NONE)
                                instanceof DeviceTask.Work work
                        && work.round() == round
                ? work.attempt()
                : NONE;
    }
}
