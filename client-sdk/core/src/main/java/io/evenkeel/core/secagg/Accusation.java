package io.evenkeel.core.secagg;

import java.util.Set;

/**
 * A fact about a cohort: a member sent wrong shares, or at least some number of those that revealed them lied about it.
 *
 * @param owner the member whose shares they were
 * @param others the members that revealed them, or said that they could not
 * @param needed how many of these are hostile at least if the owner is not
 */
public record Accusation(int owner, Set<Integer> others, int needed) {

    /** Copies the set. */
    public Accusation {
        others = Set.copyOf(others);
    }
}
