package io.evenkeel.core.frame;

import java.util.Arrays;

/**
 * A canonical Huffman code (Huffman, "A method for the construction of minimum-redundancy codes", 1952) of at
 * most 12 bits per symbol.
 *
 * <p>The lengths determine the code: codes of one length are consecutive numbers in the order of their
 * symbols, and shorter codes come first. Codes are written highest bit first. {@link BitWriter} writes the
 * lowest bit first, so {@link #code} returns the number with its bits reversed.
 */
final class PrefixCode {

    /** The maximum length of a code in bits: enough for a thousand symbols, and small enough for a small table. */
    static final int MAX_LENGTH = 12;

    /** The length of a symbol without a code. */
    static final int UNUSED = -1;

    private static final int LENGTH_BITS = 4;
    private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

    private final int[] lengths;
    private final int[] codes;
    private final int longest;

    /**
     * @param lengths the code length of each symbol, 0 to {@link #MAX_LENGTH} or {@link #UNUSED};
     *     {@linkplain #isComplete complete}; not copied
     */
    PrefixCode(int[] lengths) {
        this.lengths = lengths;
        this.codes = new int[lengths.length];
        this.longest = Math.max(0, Arrays.stream(lengths).max().orElse(0));
        int next = 0;
        for (int length = 1; length <= longest; length++) {
            next <<= 1;
            for (int symbol = 0; symbol < lengths.length; symbol++) {
                if (lengths[symbol] == length) {
                    codes[symbol] = Integer.reverse(next++) >>> (Integer.SIZE - length);
                }
            }
        }
    }

    /** Returns whether codes of these lengths cover every sequence of bits; a single symbol has a code of zero bits. */
    static boolean isComplete(int[] lengths) {
        int taken = 0;
        for (int length : lengths) {
            taken += length == UNUSED ? 0 : 1 << (MAX_LENGTH - length);
        }
        return taken == 1 << MAX_LENGTH;
    }

    /**
     * Returns the lengths of a Huffman code, which takes the fewest bits: the two lightest nodes are merged
     * until one is left. Among nodes of equal weight a symbol goes before a merged node, a lower symbol
     * before a higher, and an earlier node before a later. If a code is too long, each count is halved,
     * rounding up, and the code is computed again.
     *
     * @param counts the number of occurrences of each symbol; not changed
     */
    static int[] lengths(int[] counts) {
        int[] weights = counts;
        while (true) {
            int[] lengths = unlimited(weights);
            if (Arrays.stream(lengths).allMatch(length -> length <= MAX_LENGTH)) {
                return lengths;
            }
            weights = Arrays.stream(weights)
                    .map(weight -> (weight >>> 1) + (weight & 1))
                    .toArray();
        }
    }

    private static int[] unlimited(int[] weights) {
        int[] lengths = new int[weights.length];
        Arrays.fill(lengths, UNUSED);
        int[] symbols = byWeight(weights);
        int[] depths = depths(
                Arrays.stream(symbols).mapToLong(symbol -> weights[symbol]).toArray());
        for (int i = 0; i < symbols.length; i++) {
            lengths[symbols[i]] = depths[i];
        }
        return lengths;
    }

    private static int[] byWeight(int[] weights) {
        long[] keys = new long[weights.length];
        int used = 0;
        for (int symbol = 0; symbol < weights.length; symbol++) {
            if (weights[symbol] > 0) {
                keys[used++] = (long) weights[symbol] << Integer.SIZE | symbol;
            }
        }
        Arrays.sort(keys, 0, used);
        return Arrays.stream(keys, 0, used).mapToInt(key -> (int) key).toArray();
    }

    /** Returns the depths of leaves with ascending weights. */
    private static int[] depths(long[] leaves) {
        int count = leaves.length;
        long[] weights = Arrays.copyOf(leaves, Math.max(0, 2 * count - 1));
        int[] parents = new int[weights.length];
        int leaf = 0;
        int merged = count;
        for (int node = count; node < weights.length; node++) {
            for (int child = 0; child < 2; child++) {
                int lighter = leaf < count && (merged == node || weights[leaf] <= weights[merged]) ? leaf++ : merged++;
                parents[lighter] = node;
                weights[node] += weights[lighter];
            }
        }
        int[] depths = new int[weights.length];
        for (int node = weights.length - 2; node >= 0; node--) {
            depths[node] = depths[parents[node]] + 1;
        }
        return Arrays.copyOf(depths, count);
    }

    int length(int symbol) {
        return lengths[symbol];
    }

    /** Returns the code of a symbol in the lowest bits, its first bit lowest. */
    int code(int symbol) {
        return codes[symbol];
    }

    /** Returns the number of bits that determine any symbol. */
    int longest() {
        return longest;
    }

    /**
     * Returns a table from the next {@link #longest} bits to the code they begin with: see {@link #symbol} and {@link
     * #length(short)}.
     */
    short[] table() {
        short[] table = new short[1 << longest];
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            if (lengths[symbol] != UNUSED) {
                short entry = (short) (symbol << LENGTH_BITS | lengths[symbol]);
                for (int bits = codes[symbol]; bits < table.length; bits += 1 << lengths[symbol]) {
                    table[bits] = entry;
                }
            }
        }
        return table;
    }

    static int symbol(short entry) {
        return entry >>> LENGTH_BITS;
    }

    static int length(short entry) {
        return entry & LENGTH_MASK;
    }
}
