package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.chain.RunHistories;
import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.member.MemberTable;
import io.evenkeel.engine.chain.ModelName;
import io.evenkeel.engine.member.JoinRules;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.CohortStepRules;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Decides whether a device may take part in an attempt. Works in the caller's transaction. Thread-safe. */
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
     * Refuses a request for an attempt that is not open, from a member that was not drawn, or about a model that the
     * run does not have.
     *
     * @param attempt the open round's newest attempt, null if no device has requested one yet
     * @throws ProblemException {@code history-lost}, {@code round-not-open}, {@code round-closed},
     *     {@code attempt-closed}
     */
    void require(RunRow run, @Nullable Attempt attempt, MemberRow member, ModelName model, int number) {
        requireModel(run, model);
        CohortStepRules.require(
                run, attempt, member, openRounds.sampled(run).get(member.ordinal()), model.round(), number);
    }

    /**
     * Refuses a model that the run does not have.
     *
     * @throws ProblemException {@code history-lost}
     */
    void requireModel(RunRow run, ModelName model) {
        histories.require(run.id(), run.name(), run.openRound(), model);
    }
}
