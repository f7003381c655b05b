package io.evenkeel.core.secagg;

import java.util.Map;
import java.util.TreeMap;

/**
 * The shares that a member reveals in the last step: for each neighbour whose vector is in the sum a share of the seed of its own mask,
 * and for each other neighbour that had shared its secrets a share of its private mask key. Never both for the same neighbour.
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
