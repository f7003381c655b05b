package io.evenkeel.testkit.chaos.verdict;

import java.util.List;

/**
 * The result of checking a run.
 *
 * @param checked the number of different messages with a receipt
 * @param lost the number of them that are not in their round
 * @param duplicated the number of them that are there more than once
 * @param identical whether model and sum have the bits of the replay, and also of the undisturbed run if every device answers every
 *     round
 * @param violations all violations, one sentence each
 */
public record Verdict(int checked, int lost, int duplicated, boolean identical, List<String> violations) {

    /** Returns whether all guarantees were kept. */
    public boolean holds() {
        return violations.isEmpty();
    }
}
