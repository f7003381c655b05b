package io.evenkeel.engine.draw;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.draw.SkipRule.Members;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SkipRuleTest {

    private final SkipRule rule = new SkipRule(3, 20);

    private static BitSet ordinals(int... ordinals) {
        return IntStream.of(ordinals).collect(BitSet::new, BitSet::set, BitSet::or);
    }

    /** Returns a run whose member i takes part from round {@code later[i]} on, with a number of others. */
    private static Members members(int others, Integer... later) {
        return answered(others, null, 0, later);
    }

    private static Members answered(int others, @Nullable Integer answered, int extended, Integer... later) {
        Map<Integer, Integer> rounds = new HashMap<>();
        for (int i = 0; i < later.length; i++) {
            rounds.put(i, later[i]);
        }
        BitSet active = new BitSet();
        active.set(0, later.length + others);
        return new Members(active, new BitSet(), rounds, answered, extended);
    }

    @Test
    void skipsToTheFirstRoundWithEnoughMembers() {
        assertThat(rule.next(members(0, 9, 7, 7, 8))).contains(8);
        assertThat(rule.next(members(1, 9, 7, 7, 8))).contains(7);
        assertThat(rule.next(members(2, 9))).contains(9);
    }

    @Test
    void skipsNothingIfTheOthersAreEnough() {
        assertThat(rule.next(members(3, 9, 9, 9, 9))).isEmpty();
        assertThat(rule.advice(members(3, 99, 99))).isEmpty();
    }

    @Test
    void skipsNothingIfNoRoundHasEnough() {
        assertThat(rule.next(members(1, 9))).isEmpty();
        assertThat(rule.next(members(0))).isEmpty();
        assertThat(rule.advice(members(1, 9))).isEmpty();
    }

    @Test
    void countsOnlyActiveMembersThatAreNotSilent() {
        Members gone = new Members(ordinals(0, 2, 3), new BitSet(), Map.of(0, 9, 1, 5), null, 0);
        assertThat(rule.next(gone)).contains(9);
        Members silent = new Members(ordinals(0, 1, 2, 3, 4), ordinals(4), Map.of(0, 9, 1, 5), null, 0);
        assertThat(rule.next(silent)).contains(5);
    }

    @Test
    void treatsMembersThatDoNotAnswerAsPresentUntilTheThirdExtension() {
        assertThat(rule.next(answered(3, 1, 2, 7, 8))).isEmpty();
        assertThat(rule.next(answered(3, 1, 3, 7, 8))).contains(8);
        assertThat(rule.next(answered(2, 2, 3, 7, 8)))
                .as("answers of devices that take part later do not count")
                .contains(7);
    }

    @Test
    void keepsTheRunAndReportsWhatToDoIfTheRoundsAreTooFew() {
        assertThat(rule.next(members(0, 18, 19, 19))).contains(19);
        assertThat(rule.advice(members(0, 18, 19, 19))).isEmpty();
        assertThat(rule.next(members(0, 18, 19, 20))).isEmpty();
        assertThat(rule.advice(members(0, 18, 19, 20)))
                .contains("too few members take part before round 20")
                .contains("set rounds to more than 20, or create the run anew");
    }
}
