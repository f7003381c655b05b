package io.evenkeel.core.secagg;

import io.evenkeel.core.vector.SplitMix64;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Who masks with whom: the members in a random order on a circle, each with the k/2 members on either side (a Harary graph, as in Bell et
 * al. 2020). Immutable.
 */
public final class NeighbourGraph {

    private final int[] circle;
    private final Map<Integer, Integer> places = new HashMap<>();
    private final int neighbours;

    /**
     * @param members the ordinals of the members, all different, in any order
     * @param neighbours k, of each member
     * @param seed random, and unknown to devices until their keys are in
     */
    public NeighbourGraph(int[] members, int neighbours, long seed) {
        if (neighbours < 2 || neighbours >= members.length) {
            throw new IllegalArgumentException(neighbours + " neighbours among " + members.length
                    + " members, expected at least 2, and fewer than the members");
        }
        this.circle = shuffled(members, seed);
        this.neighbours = neighbours;
        for (int place = 0; place < circle.length; place++) {
            if (places.put(circle[place], place) != null) {
                throw new IllegalArgumentException("member " + circle[place] + " is there twice");
            }
        }
    }

    private static int[] shuffled(int[] members, long seed) {
        int[] order = members.clone();
        Arrays.sort(order);
        SplitMix64 random = new SplitMix64(seed);
        for (int last = order.length - 1; last > 0; last--) {
            int with = random.next(last + 1);
            int moved = order[last];
            order[last] = order[with];
            order[with] = moved;
        }
        return order;
    }

    /** Returns the number of members. */
    public int size() {
        return circle.length;
    }

    /** Tells whether a device is a member. */
    public boolean contains(int member) {
        return places.containsKey(member);
    }

    /**
     * Returns the ordinals of a member's neighbours, ascending.
     *
     * @throws IllegalArgumentException if it is no member
     */
    public int[] neighboursOf(int member) {
        Integer place = places.get(member);
        if (place == null) {
            throw new IllegalArgumentException("device " + member + " is no member of the cohort");
        }
        int[] found = new int[neighbours];
        for (int i = 0; i < neighbours; i++) {
            // 1, -1, 2, -2, …: an odd number is that of all others, so nobody is found twice.
            int step = (i / 2 + 1) * (i % 2 == 0 ? 1 : -1);
            found[i] = circle[Math.floorMod(place + step, circle.length)];
        }
        Arrays.sort(found);
        return found;
    }
}
