package io.evenkeel.core.compress;

import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;

/**
 * The coordinates for which a compressed vector has values, ascending, in a form that can be encoded.
 * Immutable; takes ownership of the arrays passed to it.
 */
public sealed interface Support {

    /** Returns the number of coordinates d of the whole vector. */
    int dimension();

    /** Returns the number of coordinates in the support. */
    int count();

    /** Returns the {@code j}-th coordinate, {@code 0 <= j < count()}; ascending in j. */
    int index(int j);

    /** Calls the visitor's method for this alternative and returns its result. */
    <T> T accept(Visitor<T> visitor);

    /**
     * One method for each alternative: code that depends on the support does not compile until it handles a
     * new alternative.
     *
     * @param <T> the result's type
     */
    interface Visitor<T> {

        /** Handles a support of every coordinate. */
        T all(All all);

        /** Handles a support of listed coordinates. */
        T listed(Listed listed);

        /** Handles a support drawn from a seed. */
        T seeded(Seeded seeded);

        /** Handles a support of whole blocks. */
        T blocks(Blocks blocks);
    }

    /**
     * Every coordinate; takes no bytes in a frame.
     *
     * @param dimension d, at least 1
     */
    record All(int dimension) implements Support {

        /**
         * @throws IllegalArgumentException if the dimension is below 1
         */
        public All {
            checkDimension(dimension);
        }

        @Override
        public int count() {
            return dimension;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.all(this);
        }

        @Override
        public int index(int j) {
            return j;
        }
    }

    /** Coordinates listed one by one. */
    final class Listed implements Support {

        private final int dimension;
        private final int[] indices;

        /**
         * @param dimension d, at least 1
         * @param indices strictly ascending, each from 0 to d - 1; not copied
         * @throws IllegalArgumentException if the dimension is below 1, or indices are out of range or not ascending
         */
        public Listed(int dimension, int[] indices) {
            checkDimension(dimension);
            checkAscending(indices, dimension, "index");
            this.dimension = dimension;
            this.indices = indices;
        }

        @Override
        public int dimension() {
            return dimension;
        }

        @Override
        public int count() {
            return indices.length;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.listed(this);
        }

        @Override
        public int index(int j) {
            return indices[j];
        }
    }

    /** K coordinates drawn without replacement from a seed; only the seed is encoded. */
    final class Seeded implements Support {

        private final int dimension;
        private final long seed;
        private final int[] indices;

        /**
         * Draws the support with Floyd's algorithm: O(K) draws, d/8 bytes of scratch.
         *
         * @param dimension d, at least 1
         * @param count K, from 0 to d
         * @param seed any number
         * @throws IllegalArgumentException if the dimension or the count is out of range
         */
        public Seeded(int dimension, int count, long seed) {
            checkDimension(dimension);
            if (count < 0 || count > dimension) {
                throw new IllegalArgumentException("count is " + count + ", expected 0 to " + dimension);
            }
            this.dimension = dimension;
            this.seed = seed;
            this.indices = draw(dimension, count, new SplitMix64(seed));
        }

        private static int[] draw(int dimension, int count, SplitMix64 random) {
            long[] chosen = new long[(dimension + 63) >>> 6];
            for (int top = dimension - count; top < dimension; top++) {
                int candidate = random.next(top + 1);
                int index = ((chosen[candidate >>> 6] >>> candidate) & 1) == 0 ? candidate : top;
                chosen[index >>> 6] |= 1L << index;
            }
            int[] indices = new int[count];
            int j = 0;
            for (int word = 0; word < chosen.length; word++) {
                for (long bits = chosen[word]; bits != 0; bits &= bits - 1) {
                    indices[j++] = (word << 6) + Long.numberOfTrailingZeros(bits);
                }
            }
            return indices;
        }

        /** Returns the seed from which the support was drawn. */
        public long seed() {
            return seed;
        }

        @Override
        public int dimension() {
            return dimension;
        }

        @Override
        public int count() {
            return indices.length;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.seeded(this);
        }

        @Override
        public int index(int j) {
            return indices[j];
        }
    }

    /** Whole blocks of consecutive coordinates; the last block of the vector may be shorter than the others. */
    final class Blocks implements Support {

        private final int dimension;
        private final int length;
        private final int[] blocks;
        private final int count;

        /**
         * @param dimension d, at least 1
         * @param length coordinates in a block, from 1 to d
         * @param blocks strictly ascending block numbers, each from 0 to ceil(d / length) - 1; not copied
         * @throws IllegalArgumentException if an argument is out of range, or the block numbers are not ascending
         */
        public Blocks(int dimension, int length, int[] blocks) {
            checkDimension(dimension);
            if (length < 1 || length > dimension) {
                throw new IllegalArgumentException("block length is " + length + ", expected 1 to " + dimension);
            }
            int total = total(dimension, length);
            checkAscending(blocks, total, "block");
            this.dimension = dimension;
            this.length = length;
            this.blocks = blocks;
            boolean hasLast = blocks.length > 0 && blocks[blocks.length - 1] == total - 1;
            long missing = hasLast ? (long) total * length - dimension : 0;
            this.count = (int) ((long) blocks.length * length - missing);
        }

        /** Returns the number of blocks a vector of d coordinates has, ceil(d / length). */
        public static int total(int dimension, int length) {
            return (int) (((long) dimension + length - 1) / length);
        }

        /** Returns the number of coordinates in a block. */
        public int length() {
            return length;
        }

        /** Returns the number of blocks in the support. */
        public int blockCount() {
            return blocks.length;
        }

        /** Returns the number of the {@code i}-th block. */
        public int block(int i) {
            return blocks[i];
        }

        @Override
        public int dimension() {
            return dimension;
        }

        @Override
        public int count() {
            return count;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.blocks(this);
        }

        @Override
        public int index(int j) {
            return blocks[j / length] * length + j % length;
        }
    }

    private static void checkDimension(int dimension) {
        if (dimension < 1) {
            throw new IllegalArgumentException("dimension is " + dimension + ", expected at least 1");
        }
    }

    private static void checkAscending(int[] values, int bound, String what) {
        int previous = -1;
        for (int i = 0; i < values.length; i++) {
            if (values[i] <= previous || values[i] >= bound) {
                throw new IllegalArgumentException(what + " " + i + " is " + values[i]
                        + ", expected strictly ascending from 0 to " + (bound - 1)
                        + (i == 0 ? "" : ", after " + values[i - 1]) + " in "
                        + (values.length <= 8 ? Arrays.toString(values) : values.length + " of them"));
            }
            previous = values[i];
        }
    }
}
