package io.evenkeel.engine.retention;

import io.evenkeel.engine.definition.SecureAggregationTerms;
import java.util.List;
import java.util.OptionalInt;

/**
 * Decides which part of a run's history is kept (docs/storage.md). Immutable.
 *
 * @param checkpoints number of newest checkpoints kept, at least 1; models from the oldest of them on can be read
 * @param modelsEvery checkpoints of every round that is a multiple of this are kept forever, at least 1
 * @param updates minimum number of rounds for which updates are kept, 0 or more; a device's replica may be that old
 * @param receipts number of newest rounds whose receipts are all kept, 0 or more; of older rounds, only the receipts
 *     that devices may need
 */
public record RetentionRules(int checkpoints, int modelsEvery, int updates, int receipts) {

    private static final int UPDATES_A_STEP = 100;
    private static final int CHECKPOINTS_A_STEP = 10;
    private static final int ROUNDS_WITH_SUMS = 100;

    /**
     * The next deletions of states. All deletions of a plan can be made in one transaction.
     *
     * @param saved the round whose model must be saved as a checkpoint before the deletions; empty if there is none
     * @param updatesBefore the round before which all updates are deleted; empty if none are
     * @param checkpoints the rounds whose checkpoints are deleted, oldest first
     */
    public record States(OptionalInt saved, OptionalInt updatesBefore, List<Integer> checkpoints) {

        private static final States ALL_KEPT = new States(OptionalInt.empty(), OptionalInt.empty(), List.of());

        /** Returns whether nothing is to be deleted. */
        public boolean isEmpty() {
            return updatesBefore.isEmpty() && checkpoints.isEmpty();
        }
    }

    /**
     * Plans the next deletions of checkpoints and updates. Keeps the newest checkpoints, those of every n-th round, and
     * one of the round with the best losses; keeps the updates since the oldest of the newest checkpoints, and those of
     * the newest rounds.
     *
     * @param stored the rounds that have a checkpoint, ascending
     * @param oldestUpdate the oldest round whose update is stored; empty if none is
     * @param best the round with the best losses; negative if there is none
     * @param round the number of the run's newest model
     */
    public States states(List<Integer> stored, OptionalInt oldestUpdate, int best, int round) {
        if (stored.size() < checkpoints) {
            return States.ALL_KEPT;
        }
        int floor = stored.get(stored.size() - checkpoints);
        boolean isUnsaved = best >= 0 && best < floor && !stored.contains(best);
        int kept = Math.min(floor, round - updates);
        boolean isOld = oldestUpdate.isPresent() && oldestUpdate.getAsInt() < kept;
        return new States(
                isUnsaved ? OptionalInt.of(best) : OptionalInt.empty(),
                isOld ? OptionalInt.of(Math.min(kept, oldestUpdate.getAsInt() + UPDATES_A_STEP)) : OptionalInt.empty(),
                stored.stream()
                        .filter(k -> k < floor && k % modelsEvery != 0 && k != best)
                        .limit(CHECKPOINTS_A_STEP)
                        .toList());
    }

    /**
     * Returns the first round whose messages' rows are all kept.
     *
     * @param openRound the number of the open round
     * @param staleness how many rounds late a message may be
     */
    public int rowsKeptFrom(int openRound, int staleness) {
        // A message for one of the last rounds may still arrive, and is compared with the member's earlier message.
        return openRound - Math.max(receipts, staleness + 1);
    }

    /**
     * Returns the first round whose sums of cohorts and attempts are kept: those of the newest rounds, and those since
     * S last started from zero. Nothing is deleted if the result is negative.
     *
     * @param openRound the number of the open round
     */
    public static int sumsKeptFrom(SecureAggregationTerms terms, int openRound) {
        int newest = openRound - 1;
        return newest < ROUNDS_WITH_SUMS ? -1 : Math.min(terms.epochStart(newest), newest - ROUNDS_WITH_SUMS);
    }
}
