package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.run.Member;
import io.evenkeel.coordinator.run.RunPlan;
import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Which members are asked in a round: a share of them, drawn from the run's seed and the round's number over the members in the
 * order of their ordinals. Nothing is stored, since the draw can be repeated at any time. A round that had to be extended for
 * want of messages asks everybody.
 */
public final class Sampling {

    private Sampling() {}

    /**
     * Returns the ordinals of those asked.
     *
     * @param active the round's members, in the order of their ordinals
     * @param extended how often the round was extended
     */
    static BitSet draw(RunPlan plan, int round, List<Member> active, int extended) {
        int count = extended > 0 ? active.size() : count(plan, active.size());
        BitSet sampled = new BitSet();
        for (int position : positions(active.size(), count, plan.seed(), round)) {
            sampled.set(active.get(position).ordinal());
        }
        return sampled;
    }

    /**
     * Draws the places of those asked in the list of members, in no order.
     *
     * @param count how many to draw, at most {@code members}
     * @param seed the run's
     */
    public static int[] positions(int members, int count, long seed, int round) {
        int[] positions = new int[members];
        for (int i = 0; i < members; i++) {
            positions[i] = i;
        }
        if (count < members) {
            shuffleFirst(positions, count, new SplitMix64(SplitMix64.derive(seed, round)));
        }
        return Arrays.copyOf(positions, count);
    }

    /** Returns how many of so many members are asked: the share, rounded up, but at least as many as a round needs. */
    static int count(RunPlan plan, int members) {
        int share = (int) Math.ceil(plan.sampling() * members);
        return Math.min(members, Math.max(share, plan.minParticipants()));
    }

    private static void shuffleFirst(int[] values, int count, SplitMix64 random) {
        for (int i = 0; i < count; i++) {
            int j = i + random.next(values.length - i);
            int swapped = values[i];
            values[i] = values[j];
            values[j] = swapped;
        }
    }
}
