package io.evenkeel.engine.draw;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The members that a draw can choose, in strata. Takes 8 bytes per member. Not thread-safe. */
public final class DrawCandidates {

    private final Map<String, Integer> numbers = new HashMap<>();
    private long[] entries = new long[16];
    private int size;
    private final BitSet waiting = new BitSet();

    /**
     * Creates a set without members.
     *
     * @param values the values by which the draw is stratified; members without one form a stratum too
     */
    public DrawCandidates(Collection<String> values) {
        TreeSet<String> sorted = new TreeSet<>(values);
        sorted.add("");
        sorted.forEach(value -> numbers.put(value, numbers.size()));
    }

    /**
     * Adds a member.
     *
     * @param ordinal its ordinal, not added before
     * @param value one of the values, empty if it has none
     */
    public void add(int ordinal, String value) {
        Integer number = numbers.get(value);
        if (number == null) {
            throw new IllegalArgumentException("no stratum has the value '" + value + "'");
        }
        append(((long) number << Integer.SIZE) | ordinal);
    }

    private void append(long entry) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, 2 * size);
        }
        entries[size++] = entry;
    }

    /** Excludes a member for this round, because it takes part in another arm of a crossover experiment. */
    public void waits(int ordinal) {
        waiting.set(ordinal);
    }

    /**
     * Returns the members whose turn it is; all members if these are fewer than a round needs, because the
     * round could not close otherwise.
     */
    public DrawCandidates inTurn(int needed) {
        if (waiting.isEmpty() || size - waiting.cardinality() < needed) {
            return this;
        }
        DrawCandidates chosen = new DrawCandidates(numbers.keySet());
        for (int i = 0; i < size; i++) {
            if (!waiting.get((int) entries[i])) {
                chosen.append(entries[i]);
            }
        }
        return chosen;
    }

    /** Returns the number of members. */
    public int size() {
        return size;
    }

    /** Returns the ordinals of each non-empty stratum, ascending, in the order of the values. */
    List<int[]> strata() {
        long[] sorted = Arrays.copyOf(entries, size);
        Arrays.sort(sorted);
        List<int[]> strata = new ArrayList<>();
        int from = 0;
        for (int i = 1; i <= size; i++) {
            if (i == size || sorted[i] >>> Integer.SIZE != sorted[from] >>> Integer.SIZE) {
                strata.add(Arrays.stream(sorted, from, i)
                        .mapToInt(entry -> (int) entry)
                        .toArray());
                from = i;
            }
        }
        return strata;
    }
}
