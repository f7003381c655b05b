package io.evenkeel.trial.fleet;

import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.draw.DrawCandidates;
import io.evenkeel.engine.draw.MemberDraw;
import io.evenkeel.engine.draw.Silence;
import io.evenkeel.engine.draw.UnansweredMembers;
import io.evenkeel.engine.selection.Attributes;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tracks the members that the open round of a simulated run selected, and those for which it does not wait,
 * by their ordinals. Not thread-safe.
 */
final class SimulatedDraw {

    private final ValidatedPlan plan;
    private final RoundRules rules;
    private final IntFunction<Attributes> attributes;
    private final BitSet answered = new BitSet();
    private final BitSet heard = new BitSet();
    private BitSet asked = new BitSet();
    private Silence silence = Silence.NONE;
    private BitSet silent = new BitSet();
    private int count;
    private int silentAsked;

    /** @param attributes the attributes of each member's device */
    SimulatedDraw(ValidatedPlan plan, RoundRules rules, IntFunction<Attributes> attributes) {
        this.plan = plan;
        this.rules = rules;
        this.attributes = attributes;
    }

    BitSet asked() {
        return asked;
    }

    /** Records that a member has checked in, so that rounds wait for it again. */
    void hear(int ordinal) {
        if (silent.get(ordinal)) {
            heard.set(ordinal);
        }
    }

    /** Records that a member has answered the open round. */
    void answer(int ordinal) {
        answered.set(ordinal);
    }

    /** Begins a round without answers. */
    void open() {
        answered.clear();
    }

    /**
     * Draws the members that a round selects, and returns their number.
     *
     * @param active the members that may take part
     * @param isExtended whether the round was extended, so that members selected earlier remain selected
     */
    int draw(BitSet active, boolean isExtended, int round) {
        if (plan.devices().dependsOnAttributes()) {
            BitSet before = isExtended ? asked : new BitSet();
            asked = MemberDraw.draw(candidates(active), rules, isExtended, plan.seed(), round)
                    .asked();
            asked.or(before);
            asked.and(active);
        } else {
            asked = MemberDraw.draw(active, rules, isExtended, plan.seed(), round);
        }
        count = asked.cardinality();
        countSilent();
        return count;
    }

    private DrawCandidates candidates(BitSet active) {
        String by = plan.devices().stratifyBy();
        Set<String> values = new HashSet<>();
        active.stream().forEach(ordinal -> values.add(stratum(ordinal, by)));
        DrawCandidates candidates = new DrawCandidates(values);
        active.stream()
                .filter(ordinal -> plan.devices().sample().matches(attributes.apply(ordinal)))
                .forEach(ordinal -> candidates.add(ordinal, stratum(ordinal, by)));
        return candidates;
    }

    private String stratum(int ordinal, @Nullable String by) {
        return by == null
                ? ""
                : Objects.requireNonNullElse(attributes.apply(ordinal).get(by), "");
    }

    /**
     * Returns whether all members for which the round waits have answered.
     *
     * @param accepted the number of messages that the round has; the sets are examined only if it is large enough for
     *     all to have answered
     */
    boolean isAnswered(int accepted) {
        return accepted + silentAsked >= count && unanswered().missing().isEmpty();
    }

    /** Counts the members that have not answered the round that closes. */
    void countMissed() {
        silence = silence.after(asked, unanswered().missed());
        silent = silence.silent();
    }

    private UnansweredMembers unanswered() {
        countSilent();
        return UnansweredMembers.of(asked, answered, new BitSet(), silent);
    }

    private void countSilent() {
        if (!heard.isEmpty()) {
            silence = silence.without(heard);
            silent = silence.silent();
            heard.clear();
        }
        BitSet both = (BitSet) silent.clone();
        both.and(asked);
        silentAsked = both.cardinality();
    }
}
