package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.chain.RunHistories;
import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Decides whether a device may take part in an attempt at all. Works in the caller's transaction. Thread-safe. */
@Component
class StepGate {

    private final MemberTable members;
    private final OpenRoundCache openRounds;
    private final RunHistories histories;

    StepGate(MemberTable members, OpenRoundCache openRounds, RunHistories histories) {
        this.members = members;
        this.openRounds = openRounds;
        this.histories = histories;
    }

    /**
     * Returns a device's newest membership.
     *
     * @throws ProblemException {@code member-not-found}
     */
    MemberRow member(RunRow run, String client) {
        List<MemberRow> memberships = members.of(run.id(), List.of(client));
        MemberRow newest = memberships.isEmpty() ? null : memberships.get(memberships.size() - 1);
        if (newest == null || newest.isGone(run.openRound())) {
            throw JoinRules.notFound(run.name(), client);
        }
        return newest;
    }

    /**
     * Refuses a request for an attempt that is not the open one, from a member that is not asked, or about a model that
     * the run does not have.
     *
     * @param attempt the open round's newest attempt, null if no device has requested one yet
     * @throws ProblemException {@code history-lost}, {@code round-not-open}, {@code round-closed}, {@code attempt-closed}
     */
    void require(RunRow run, @Nullable Attempt attempt, MemberRow member, ModelName model, int number) {
        requireModel(run, model);
        int round = model.round();
        if (run.state() == RunState.CREATED || (run.state().hasOpenRound() && round > run.round())) {
            throw notOpen(run, round);
        }
        if (round < run.round()) {
            throw closed(run, AttemptPhase.DONE, round, "round " + round + " is over");
        }
        if (isDecided(run, attempt) || number != run.extended()) {
            throw closed(run, attempt, "attempt " + number + " is over or not open");
        }
        if (round < member.activeFrom() || !openRounds.sampled(run).get(member.ordinal())) {
            throw notAsked(run, member);
        }
    }

    /**
     * Refuses a model that the run does not have.
     *
     * @throws ProblemException {@code history-lost}
     */
    void requireModel(RunRow run, ModelName model) {
        histories.require(run.id(), run.name(), run.openRound(), model);
    }

    /** Returns whether the device takes part in no further attempt of the open round. */
    static boolean isDecided(RunRow run, @Nullable Attempt attempt) {
        return run.state().isOver()
                || run.closing()
                || (attempt != null && attempt.phase().isOver());
    }

    /** Returns the refusal of a step of the open round that is over for a device, or not yet open. */
    static ProblemException closed(RunRow run, @Nullable Attempt attempt, String what) {
        AttemptPhase phase = attempt == null ? AttemptPhase.KEYS : attempt.phase();
        ProblemException closed = closed(run, phase, run.round(), what);
        return isDecided(run, attempt) ? closed : closed.with("openAttempt", run.extended());
    }

    private static ProblemException closed(RunRow run, AttemptPhase phase, int round, String what) {
        return ProblemKind.ATTEMPT_CLOSED
                .because(
                        what + " for this device; run '" + run.name() + "' is "
                                + (run.state().isOver()
                                        ? run.state().text()
                                        : "in round " + run.round() + ", attempt " + run.extended()),
                        "ask for the outcome with GET /api/v1/runs/" + run.name() + "/rounds/" + round
                                + "/attempts/0/outcome/me; take part in the open attempt with new secrets")
                .with("openRound", run.round())
                .with("phase", phase.text())
                .with("state", run.state().text());
    }

    static ProblemException notOpen(RunRow run, int round) {
        return ProblemKind.ROUND_NOT_OPEN
                .because(
                        "round " + round + " of run '" + run.name() + "' is not open yet",
                        "wait for the round with GET /api/v1/runs/" + run.name() + "/task; keep the state as it was")
                .with("openRound", run.openRound());
    }

    private static ProblemException notAsked(RunRow run, MemberRow member) {
        return ProblemKind.ROUND_CLOSED
                .because(
                        "round " + run.round() + " of run '" + run.name() + "' is closed to client " + member.client()
                                + ", which is not among those asked in it",
                        "keep the state as it was, discard this message and compute on the model of the next task")
                .with("openRound", run.round())
                .with("state", run.state().text());
    }
}
