package io.evenkeel.core.frame;

import io.evenkeel.core.compress.Support;
import java.util.function.IntUnaryOperator;

/**
 * Ascending numbers below a bound as gaps: each number is given by the count of absent numbers before it. The
 * numbers are indices of a listed support or block numbers.
 */
final class Gaps {

    private final int bound;
    private final int[] gaps;

    private Gaps(int bound, int[] gaps) {
        this.bound = bound;
        this.gaps = gaps;
    }

    static Gaps of(Support.Listed listed) {
        return new Gaps(listed.dimension(), between(listed.count(), listed::index));
    }

    static Gaps of(Support.Blocks blocks) {
        int bound = Support.Blocks.total(blocks.dimension(), blocks.length());
        return new Gaps(bound, between(blocks.blockCount(), blocks::block));
    }

    private static int[] between(int count, IntUnaryOperator number) {
        int[] gaps = new int[count];
        int next = 0;
        for (int i = 0; i < count; i++) {
            int here = number.applyAsInt(i);
            gaps[i] = here - next;
            next = here + 1;
        }
        return gaps;
    }

    int count() {
        return gaps.length;
    }

    /** Returns the exclusive upper bound of the numbers. */
    int bound() {
        return bound;
    }

    /** Returns the gaps, not copied; callers must not change them. */
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
