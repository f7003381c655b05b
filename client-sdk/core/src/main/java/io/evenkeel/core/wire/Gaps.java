package io.evenkeel.core.wire;

import io.evenkeel.core.compress.Support;

/**
 * Ascending numbers below a bound, as they are written: the indices of a listed support or the numbers of its blocks, each by the count
 * of absent numbers before it.
 */
final class Gaps {

    private final int bound;
    private final int[] gaps;

    private Gaps(int bound, int[] gaps) {
        this.bound = bound;
        this.gaps = gaps;
    }

    static Gaps of(Support.Listed listed) {
        int[] gaps = new int[listed.count()];
        int next = 0;
        for (int i = 0; i < gaps.length; i++) {
            int number = listed.index(i);
            gaps[i] = number - next;
            next = number + 1;
        }
        return new Gaps(listed.dimension(), gaps);
    }

    static Gaps of(Support.Blocks blocks) {
        int[] gaps = new int[blocks.blockCount()];
        int next = 0;
        for (int i = 0; i < gaps.length; i++) {
            int number = blocks.block(i);
            gaps[i] = number - next;
            next = number + 1;
        }
        return new Gaps(Support.Blocks.total(blocks.dimension(), blocks.length()), gaps);
    }

    int count() {
        return gaps.length;
    }

    /** Returns one more than the largest number there can be. */
    int bound() {
        return bound;
    }

    /** Returns the gaps themselves, not to be changed. */
    int[] each() {
        return gaps;
    }

    /** Returns the sum of the gaps. */
    long absent() {
        long sum = 0;
        for (int gap : gaps) {
            sum += gap;
        }
        return sum;
    }
}
