package io.evenkeel.core.wire;

import io.evenkeel.core.compress.Support;
import java.util.function.IntUnaryOperator;

/**
 * Ascending numbers below a bound, as they are written: the indices of a listed support or the numbers of its blocks.
 *
 * @param count how many there are
 * @param bound one more than the largest there can be
 * @param at the number at each place from 0 to count - 1
 */
record Numbers(int count, int bound, IntUnaryOperator at) {

    static Numbers of(Support.Listed listed) {
        return new Numbers(listed.count(), listed.dimension(), listed::index);
    }

    static Numbers of(Support.Blocks blocks) {
        int total = Support.Blocks.total(blocks.dimension(), blocks.length());
        return new Numbers(blocks.blockCount(), total, blocks::block);
    }
}
