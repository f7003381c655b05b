package io.evenkeel.coordinator.draw;

import io.evenkeel.coordinator.member.RoundMembers;
import io.evenkeel.coordinator.run.Run;
import io.evenkeel.coordinator.run.RunRules;
import java.time.Instant;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Skips rounds of secure aggregation in which too few members may take part, because the others have revealed shares in them before the
 * database went back to an earlier state ({@link SkipRule}). Works in the caller's transaction. Thread-safe.
 */
@Component
public class RoundSkipping {

    /** After this many extensions those that do not answer are not counted on. */
    private static final int PATIENT_EXTENSIONS = 3;

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

    /** Returns whether the open round is to be skipped, whoever answers. */
    public boolean isDue(Run run) {
        return skipped.contains(run.id(), run.round())
                || next(run, null).filter(next -> isWithin(run, next)).isPresent();
    }

    /**
     * Returns whether the open round is skipped, and stores that. The caller has locked the run.
     *
     * @param answered how many members sent keys until the step's time was up; null while it is not
     */
    public boolean skips(Run run, @Nullable Integer answered, Instant now) {
        if (skipped.contains(run.id(), run.round())) {
            return true;
        }
        Optional<Integer> next = next(run, answered).filter(round -> isWithin(run, round));
        if (next.isEmpty()) {
            return false;
        }
        int first = run.round();
        int last = next.get() - 1;
        skipped.insert(run.id(), first, last, now);
        String what = "rounds " + first + " to " + last + " close without messages and without a step: too few members"
                + " take part before round " + next.get()
                + ", since the others have revealed shares in them already, as they report";
        run.skipRounds(now, what);
        LOG.warn("Run '{}': {}", run.name(), what);
        return true;
    }

    /** Returns what to do if the run has too few rounds to go on; empty if it has enough. */
    public String advice(Run run) {
        return next(run, null)
                .filter(next -> !isWithin(run, next))
                .map(next -> "; too few members take part before round " + next
                        + ", since the others have revealed shares in those before, as they report: set rounds to more than "
                        + next + ", or create the run anew under another name")
                .orElse("");
    }

    private boolean isWithin(Run run, int round) {
        return round < rules.open(run).rounds();
    }

    private Optional<Integer> next(Run run, @Nullable Integer answered) {
        Map<Integer, Integer> later = nextRounds.after(run.id(), run.round());
        if (later.isEmpty()) {
            return Optional.empty();
        }
        BitSet able = members.active(run.id(), run.round() + 1);
        able.andNot(faults.leftOut(run.id()));
        later.keySet().removeIf(ordinal -> !able.get(ordinal));
        able.andNot(openRounds.silent(run));
        later.keySet().forEach(able::clear);
        int others = answered == null || run.current().extended() < PATIENT_EXTENSIONS
                ? able.cardinality()
                : Math.min(answered, able.cardinality());
        return new SkipRule(rules.open(run).minParticipants()).next(others, later.values());
    }
}
