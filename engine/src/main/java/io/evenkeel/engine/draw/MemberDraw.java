package io.evenkeel.engine.draw;

import io.evenkeel.core.sampling.Sampling;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.engine.definition.RoundRules;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Draws the members that a round asks. The draw depends only on the run's seed and the round's number.
 *
 * <p>A stratified draw divides the members by a value, and the sample in proportion to the numbers of members with each
 * value: each stratum gets the integer part of its share, and the rest goes to the strata with the largest fractions
 * (Hamilton's method of largest remainders); ties are resolved in the order of the values.
 */
public final class MemberDraw {

    private MemberDraw() {}

    /**
     * Draws the members that a round asks, in a run that does not choose them by attributes: a share of them,
     * or all once the round was extended.
     *
     * @param eligible the ordinals of the members that it may ask
     */
    public static BitSet draw(BitSet eligible, RoundRules rules, boolean extended, long seed, int round) {
        int size = eligible.cardinality();
        int count = extended ? size : rules.sampleSize(size);
        if (count == size) {
            return (BitSet) eligible.clone();
        }
        int[] ordinals = eligible.stream().toArray();
        BitSet drawn = new BitSet();
        for (int position : Sampling.positions(size, count, seed, round)) {
            drawn.set(ordinals[position]);
        }
        return drawn;
    }

    /**
     * Draws as {@link #draw(BitSet, RoundRules, boolean, long, int)} does, in a run that chooses members by
     * attributes.
     */
    public static RoundDraw draw(DrawCandidates candidates, RoundRules rules, boolean extended, long seed, int round) {
        DrawCandidates eligible = extended ? candidates : candidates.inTurn(rules.minParticipants());
        int count = extended ? eligible.size() : rules.sampleSize(eligible.size());
        return new RoundDraw(eligible.size(), draw(eligible, count, seed, round));
    }

    /** Draws a number of candidates, and returns their ordinals. */
    static BitSet draw(DrawCandidates candidates, int count, long seed, int round) {
        List<int[]> strata = candidates.strata();
        int[] shares =
                shares(strata.stream().mapToInt(stratum -> stratum.length).toArray(), count);
        BitSet drawn = new BitSet();
        int number = 0;
        for (int[] stratum : strata) {
            // A single stratum is drawn like a run without strata.
            long own = strata.size() == 1 ? seed : SplitMix64.derive(seed, number);
            for (int position : Sampling.positions(stratum.length, shares[number], own, round)) {
                drawn.set(stratum[position]);
            }
            number++;
        }
        return drawn;
    }

    /** Divides a count in proportion to sizes, whose sum is at least the count. */
    static int[] shares(int[] sizes, int count) {
        long total = IntStream.of(sizes).asLongStream().sum();
        int[] shares = new int[sizes.length];
        int left = count;
        for (int i = 0; i < sizes.length; i++) {
            shares[i] = (int) (total == 0 ? 0 : (long) count * sizes[i] / total);
            left -= shares[i];
        }
        List<Integer> byRemainder =
                new ArrayList<>(IntStream.range(0, sizes.length).boxed().toList());
        byRemainder.sort(Comparator.comparingLong((Integer i) -> total == 0 ? 0 : (long) count * sizes[i] % total)
                .reversed());
        for (int i : byRemainder.subList(0, Math.min(left, byRemainder.size()))) {
            shares[i]++;
        }
        return shares;
    }
}
