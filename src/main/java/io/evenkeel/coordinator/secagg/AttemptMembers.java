package io.evenkeel.coordinator.secagg;

import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptPhase;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.springframework.stereotype.Component;

/** Finds the members for which the current step of an attempt waits. Works in the caller's transaction. Thread-safe. */
@Component
public class AttemptMembers {

    private final AttemptTable attempts;
    private final CohortTable cohort;

    AttemptMembers(AttemptTable attempts, CohortTable cohort) {
        this.attempts = attempts;
        this.cohort = cohort;
    }

    /** Returns the newest attempt of a run's open round; empty if no device has requested one yet. */
    public Optional<Attempt> attempt(Run run) {
        return attempts.find(run.id(), run.round(), run.current().extended());
    }

    /**
     * Returns the ordinals of the members that have not taken the step.
     *
     * @param asked the ordinals of the members that may send keys
     */
    public BitSet missing(Attempt attempt, BitSet asked) {
        List<CohortTable.Progress> members = cohort.list(attempt.id());
        return switch (attempt.phase()) {
            case KEYS -> {
                BitSet missing = (BitSet) asked.clone();
                missing.andNot(ordinals(members, member -> true));
                yield missing;
            }
            case SHARES -> ordinals(members, member -> !member.hasShared());
            case MASKED -> ordinals(members, member -> member.hasShared() && !member.hasMasked());
            case REVEAL -> ordinals(members, member -> member.hasMasked() && !member.hasRevealed());
            case DONE, FAILED -> new BitSet();
        };
    }

    /** Returns the ordinals of the silent members that have not sent keys; none once the keys have arrived. */
    public BitSet silent(Attempt attempt, BitSet silent) {
        return attempt.phase() == AttemptPhase.KEYS ? missing(attempt, silent) : new BitSet();
    }

    private static BitSet ordinals(List<CohortTable.Progress> members, Predicate<CohortTable.Progress> which) {
        BitSet ordinals = new BitSet();
        members.stream().filter(which).forEach(member -> ordinals.set(member.ordinal()));
        return ordinals;
    }
}
