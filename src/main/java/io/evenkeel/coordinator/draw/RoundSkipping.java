package io.evenkeel.coordinator.draw;

import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.run.RunRules;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.draw.SkipRule;
import io.evenkeel.engine.run.Run;
import java.time.Instant;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Skips rounds of secure aggregation in which too few members can take part, because the others revealed shares in them
 * before the database was restored to an earlier state ({@link SkipRule}). Works in the caller's transaction.
 * Thread-safe.
 */
@Component
public class RoundSkipping {

    private static final Logger LOG = LoggerFactory.getLogger(RoundSkipping.class);

    private final RunRules rules;
    private final RoundMembers members;
    private final OpenRoundCache openRounds;
    private final CohortFaults faults;
    private final NextRoundTable nextRounds;
    private final SkippedRounds skipped;

    RoundSkipping(
            RunRules rules,
            RoundMembers members,
            OpenRoundCache openRounds,
            CohortFaults faults,
            NextRoundTable nextRounds,
            SkippedRounds skipped) {
        this.rules = rules;
        this.members = members;
        this.openRounds = openRounds;
        this.faults = faults;
        this.nextRounds = nextRounds;
        this.skipped = skipped;
    }

    /** Returns whether the open round must be skipped, regardless of the members that answer. */
    public boolean isDue(Run run) {
        return skipped.contains(run.id(), run.round())
                || rule(run).next(members(run, null)).isPresent();
    }

    /**
     * Returns whether to skip the open round; if so, stores which rounds are skipped. The caller has locked
     * the run.
     *
     * @param answered the number of members that sent keys before the step's deadline; null until then
     */
    public boolean skips(Run run, @Nullable Integer answered, Instant now) {
        if (skipped.contains(run.id(), run.round())) {
            return true;
        }
        Optional<Integer> next = rule(run).next(members(run, answered));
        if (next.isEmpty()) {
            return false;
        }
        int first = run.round();
        int last = next.get() - 1;
        skipped.insert(run.id(), first, last, now);
        String what = "rounds " + first + " to " + last + " close without messages and without a step: too few members"
                + " take part before round " + next.get()
                + ", since the others have already revealed shares in them, as they report";
        run.skipRounds(now, what);
        LOG.warn("Run '{}': {}", run.name(), what);
        return true;
    }

    /** Returns the advice for a run with too few rounds left; empty if enough are left. */
    public String advice(Run run) {
        return rule(run).advice(members(run, null));
    }

    private SkipRule rule(Run run) {
        RoundRules terms = rules.open(run);
        return new SkipRule(terms.minParticipants(), terms.rounds());
    }

    private SkipRule.Members members(Run run, @Nullable Integer answered) {
        Map<Integer, Integer> later = nextRounds.after(run.id(), run.round());
        BitSet active = new BitSet();
        BitSet silent = active;
        if (!later.isEmpty()) {
            active = members.active(run.id(), run.round() + 1);
            active.andNot(faults.leftOut(run.id()));
            silent = openRounds.silent(run);
        }
        return new SkipRule.Members(
                active, silent, later, answered, run.current().extended());
    }
}
