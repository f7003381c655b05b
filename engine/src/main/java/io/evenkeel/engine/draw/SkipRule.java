package io.evenkeel.engine.draw;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides which rounds a run with secure aggregation skips. A device reveals shares at most once for a round's number,
 * because a second sum of the same messages would show the coordinator their difference. After a database has
 * been restored to an earlier state, rounds in which too many devices have already revealed shares have no
 * sum, so the run continues with the first round that can have one. A few devices alone cannot cause
 * skipping, because the other members are enough. Performs no I/O.
 *
 * @param needed the number of members that a round needs
 * @param rounds the number of rounds that the run has
 */
public record SkipRule(int needed, int rounds) {

    /** After this many extensions, members that do not answer are treated as absent. */
    private static final int PATIENT_EXTENSIONS = 3;

    /**
     * The members of a run by their ordinals.
     *
     * @param active the members that are in the run and not excluded from its cohorts
     * @param silent the members for which rounds do not wait, because they have missed rounds
     * @param later the first round of each member that does not take part in the open round
     * @param answered the number of members that sent keys in time; null before the step's deadline
     * @param extended the number of times that the open round was extended
     */
    public record Members(
            BitSet active,
            BitSet silent,
            Map<Integer, Integer> later,
            @Nullable Integer answered,
            int extended) {}

    /**
     * Returns the first round after the open one with enough members; empty if the open one or no round of
     * the run has enough.
     */
    public Optional<Integer> next(Members members) {
        return enough(members).filter(round -> round < rounds);
    }

    /**
     * Returns the advice to the operator if only a round after the run's last one has enough members; empty
     * if none is needed.
     */
    public String advice(Members members) {
        return enough(members)
                .filter(round -> round >= rounds)
                .map(round -> "; too few members take part before round " + round
                        + ", since the others have revealed shares in those before, as they report: set rounds to more than "
                        + round + ", or create the run anew under another name")
                .orElse("");
    }

    private Optional<Integer> enough(Members members) {
        List<Integer> later = members.later.entrySet().stream()
                .filter(member -> members.active.get(member.getKey()))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
        BitSet able = (BitSet) members.active.clone();
        able.andNot(members.silent);
        members.later.keySet().forEach(able::clear);
        int others = members.answered == null || members.extended < PATIENT_EXTENSIONS
                ? able.cardinality()
                : Math.min(members.answered, able.cardinality());
        int missing = needed - others;
        return missing <= 0 || missing > later.size() ? Optional.empty() : Optional.of(later.get(missing - 1));
    }
}
