package io.evenkeel.core.secagg;

import java.util.Set;

/**
 * A fact about a cohort: a member sent wrong shares, or at least {@code needed} of the members that revealed them lied.
 *
 * @param owner the member whose secret was shared
 * @param others the members that revealed the shares, or reported that they could not
 * @param needed the minimum number of hostile members among these if the owner is honest
 */
public record Accusation(int owner, Set<Integer> others, int needed) {

    /** Copies the set. */
    public Accusation {
        others = Set.copyOf(others);
    }
}
