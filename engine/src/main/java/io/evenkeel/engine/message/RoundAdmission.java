package io.evenkeel.engine.message;

import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import java.time.Duration;
import java.util.BitSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a run accepts a member's message for a round, regardless of its content. Does not use the
 * database.
 *
 * @param run the run's row
 * @param plan its plan
 * @param maxParticipants the maximum number of messages in the open round
 * @param sampled the ordinals of the members asked in the open round
 */
public record RoundAdmission(RunRow run, ValidatedPlan plan, int maxParticipants, Supplier<BitSet> sampled) {

    /**
     * Returns the refusal of a message; null if the round accepts it.
     *
     * @param accepted the number of messages that are in the open round
     * @param addition a text to append if the round is closed; may be empty
     */
    @Nullable
    public ProblemException refusal(int round, MemberRow member, int accepted, String addition) {
        if (run.state() == RunState.CREATED || (run.state().hasOpenRound() && round > run.round())) {
            return notOpen(round);
        }
        int earliest = run.round() - plan.staleness();
        if (run.state().isOver() || round < earliest || round < member.activeFrom()) {
            return closed(round, addition);
        }
        if (run.closing() || accepted >= maxParticipants) {
            // It is too late for this round, but it may be worth waiting for the next one.
            return round > earliest ? busy() : closed(round, ": it has its maximum number of messages");
        }
        return round == run.round() && !sampled.get().get(member.ordinal())
                ? closed(round, " to client " + member.client() + ", which is not among those asked in it")
                : null;
    }

    private ProblemException notOpen(int round) {
        return ProblemKind.ROUND_NOT_OPEN
                .because(
                        "round " + round + " of run '" + run.name() + "' is not open yet; "
                                + (run.state() == RunState.CREATED
                                        ? "the run has not started"
                                        : "round " + run.round() + " is"),
                        "wait for the round with GET /api/v1/runs/" + run.name() + "/task; keep the state as it was")
                .with("openRound", run.openRound());
    }

    private ProblemException closed(int round, String why) {
        return ProblemKind.ROUND_CLOSED
                .because(
                        "round " + round + " of run '" + run.name() + "' is closed" + why,
                        run.state().isOver()
                                ? "stop: the run is " + run.state().text()
                                : "keep the state as it was, discard this message and compute on the model of the next"
                                        + " task")
                .with("openRound", run.round())
                .with("state", run.state().text());
    }

    private ProblemException busy() {
        return ProblemKind.BUSY
                .because(
                        "round " + run.round() + " of run '" + run.name()
                                + "' is being closed; the next one accepts the message",
                        "send the same message again after the time in Retry-After")
                .retryAfter(Duration.ofSeconds(1));
    }
}
