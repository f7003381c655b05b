package io.evenkeel.testkit.chaos;

import java.util.List;

/**
 * What the evidence says.
 *
 * @param checked different messages that a receipt was given for
 * @param lost those of them that are not in their round
 * @param duplicated those that are there more than once
 * @param identical whether model and sum have the bits of the replay, and of the undisturbed run where that is the only outcome
 * @param violations everything that is not as it must be, one sentence each
 */
record Verdict(int checked, int lost, int duplicated, boolean identical, List<String> violations) {

    /** Tells whether every promise was kept. */
    boolean holds() {
        return violations.isEmpty();
    }
}
