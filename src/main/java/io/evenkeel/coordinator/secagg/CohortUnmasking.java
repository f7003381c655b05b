package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.platform.storage.DurableTransactions;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.core.frame.WireException;
import io.evenkeel.core.secagg.Accusation;
import io.evenkeel.core.secagg.Advertisement;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.CohortParameters;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SecAggCohort;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.core.wire.MaskedVector;
import io.evenkeel.core.wire.SecAggFrames;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.secagg.Attempt;
import io.evenkeel.engine.secagg.AttemptPhase;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Adds the masked vectors of a cohort, one at a time, and removes the masks from the sum. Thread-safe. */
@Component
class CohortUnmasking {

    private final CohortTable cohort;
    private final CohortBases bases;
    private final DurableTransactions transactions;

    CohortUnmasking(CohortTable cohort, CohortBases bases, DurableTransactions transactions) {
        this.cohort = cohort;
        this.bases = bases;
        this.transactions = transactions;
    }

    /** Drops the cached data of a run that is over. */
    void forget(long run) {
        bases.forget(run);
    }

    /**
     * A member in the sum, and the message in its vector.
     *
     * @param ordinal the member's ordinal
     * @param sequence the message's number in its chain
     * @param digest the message's salted digest
     * @param bytes the total length of the member's frames
     */
    record Included(int ordinal, long sequence, long digest, int bytes) {}

    /** A cohort's sum, or the reason why there is none. */
    static final class Unmasked {

        private final int @Nullable [] words;
        private final String lost;
        private final List<Included> members;
        private final Set<Integer> atFault;
        private final List<Accusation> accusations;

        private Unmasked(
                int @Nullable [] words, String lost, List<Included> members, SecAggCohort cohort, int colluding) {
            this.words = words;
            this.lost = lost;
            this.members = members;
            this.atFault = cohort.atFault(colluding);
            this.accusations = cohort.accusations();
        }

        /** Returns the sum modulo 2^32; not copied. Null if the reveals do not give a sum. */
        int @Nullable [] words() {
            return words;
        }

        /** Returns why there is no sum; empty if there is one. */
        String lost() {
            return lost;
        }

        /** Returns the members that sent wrong shares, or falsely accused others. */
        Set<Integer> atFault() {
            return atFault;
        }

        /** Returns the evidence about members that sent wrong shares or lied about them. */
        List<Accusation> accusations() {
            return accusations;
        }

        /** Returns the members in the sum, in the order of their ordinals. */
        List<Included> members() {
            return members;
        }
    }

    /**
     * Unmasks the sum of an attempt with enough reveals.
     *
     * @throws WireException if a stored frame is damaged
     */
    Unmasked unmask(Attempt attempt, ValidatedPlan plan) {
        CohortBasis basis = bases.of(new PlanCache.Known(attempt.run(), plan), attempt.round());
        CohortContext context = new CohortContext(plan.name(), attempt.round(), attempt.number(), basis);
        int words = CohortSums.words(plan);
        List<Included> members = new ArrayList<>();
        List<Reveal> reveals = new ArrayList<>();
        SecAggCohort sum = transactions.read(() -> {
            List<Advertisement> sharing = cohort.keysOfSharing(attempt.id()).stream()
                    .map(SignedAdvertisement::advertisement)
                    .toList();
            SecAggCohort adding =
                    new SecAggCohort(context, cohort.ordinals(attempt.id()), attempt.threshold(), sharing, words);
            cohort.forEach(AttemptPhase.MASKED, attempt.id(), (ordinal, frame, bytes) -> {
                MaskedVector vector = SecAggFrames.decodeMasked(frame, words);
                add(adding, ordinal, vector);
                members.add(new Included(ordinal, vector.sequence(), vector.digest(), bytes));
            });
            cohort.forEach(
                    AttemptPhase.REVEAL,
                    attempt.id(),
                    (ordinal, frame, bytes) -> reveals.add(SecAggFrames.decodeReveal(frame, ordinal)));
            return adding;
        });
        int colluding = CohortParameters.colluding(
                attempt.advertised(),
                Objects.requireNonNull(plan.secureAggregation()).collusion());
        try {
            return new Unmasked(sum.unmask(reveals), "", members, sum, colluding);
        } catch (SecAggException e) {
            return new Unmasked(null, String.valueOf(e.getMessage()), members, sum, colluding);
        }
    }

    /** Adds a vector. This cannot fail: only members that sent shares may send a vector, and each sends at most one. */
    private static void add(SecAggCohort sum, int ordinal, MaskedVector vector) {
        try {
            sum.add(ordinal, vector.words());
        } catch (SecAggException e) {
            throw new IllegalStateException(e);
        }
    }
}
