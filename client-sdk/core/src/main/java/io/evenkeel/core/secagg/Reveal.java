package io.evenkeel.core.secagg;

import java.util.Map;
import java.util.TreeMap;

/**
 * The shares that a member reveals in the last step. For each neighbour whose vector is in the sum, this is a
 * share of the seed of that neighbour's own mask. For each other neighbour that had shared its secrets, it is
 * a share of that neighbour's private mask key. A member never reveals both for the same neighbour.
 *
 * @param member the ordinal of the member that reveals
 * @param seedShares the shares of seeds, by the neighbour's ordinal
 * @param keyShares the shares of private mask keys, by the neighbour's ordinal
 */
public record Reveal(int member, Map<Integer, byte[]> seedShares, Map<Integer, byte[]> keyShares) {

    /** Copies the maps. */
    public Reveal {
        seedShares = new TreeMap<>(seedShares);
        keyShares = new TreeMap<>(keyShares);
    }
}
