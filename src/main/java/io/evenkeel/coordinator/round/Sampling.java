package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.run.Member;
import io.evenkeel.coordinator.run.RunPlan;
import io.evenkeel.core.vector.SplitMix64;
import java.util.BitSet;
import java.util.List;

/**
 * Which members are asked in a round: a share of them, drawn from the run's seed and the round's number over the members in the
 * order of their ordinals. Nothing is stored, since the draw can be repeated at any time. A round that had to be extended for
 * want of messages asks everybody.
 */
final class Sampling {

    private Sampling() {}

    /**
     * Returns the ordinals of those asked.
     *
     * @param active the round's members, in the order of their ordinals
     * @param extended how often the round was extended
     */
    static BitSet draw(RunPlan plan, int round, List<Member> active, int extended) {
        int[] ordinals = active.stream().mapToInt(Member::ordinal).toArray();
        int count = extended > 0 ? ordinals.length : count(plan, ordinals.length);
        if (count < ordinals.length) {
            shuffleFirst(ordinals, count, new SplitMix64(SplitMix64.derive(plan.seed(), round)));
        }
        BitSet sampled = new BitSet();
        for (int i = 0; i < count; i++) {
            sampled.set(ordinals[i]);
        }
        return sampled;
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
