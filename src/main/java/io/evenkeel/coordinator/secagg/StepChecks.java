package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.draw.CohortFaults;
import io.evenkeel.coordinator.member.DatasetSpending;
import io.evenkeel.core.privacy.PrivacyCost;
import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.EncryptedShares;
import io.evenkeel.core.secagg.Reveal;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.message.PrivacyRules;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.RunRow;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Checks the content of devices' frames, so that no device can stop the others: keys that are not signed as the run
 * requires, duplicate identities, and shares or reveals that are not for all other members. Thread-safe.
 */
@Component
class StepChecks {

    private final CohortTable cohort;
    private final CohortLists lists;
    private final CohortFaults faults;
    private final DatasetSpending spending;

    StepChecks(CohortTable cohort, CohortLists lists, CohortFaults faults, DatasetSpending spending) {
        this.cohort = cohort;
        this.lists = lists;
        this.faults = faults;
        this.spending = spending;
    }

    /**
     * Refuses keys that are not signed by a device of an owner of the run, or that cannot be keys, with {@code invalid}. Does not compare
     * their model and plan, as {@link #requireBasis} does.
     */
    void verify(StepAcceptance.Turn turn, SignedAdvertisement keys) {
        SecureAggregationTerms terms = Objects.requireNonNull(turn.run().plan().secureAggregation());
        CohortContext context = new CohortContext(turn.run().plan().name(), turn.round(), turn.number(), keys.basis());
        if (terms.owners().stream().noneMatch(owner -> Arrays.equals(owner, keys.owner()))) {
            throw invalid(
                    "owner",
                    "is none of secureAggregation.owners of the run, whose devices may take part",
                    "give the device an identity of one of these owners");
        }
        if (!keys.isCertified()) {
            throw invalid(
                    "certificate",
                    "is not the owner's for this identity",
                    "let the owner issue the identity again: evenkeel identity device");
        }
        try {
            keys.verify(context, terms.owners());
        } catch (SecAggException e) {
            throw invalid(
                    "signature",
                    "is not right: " + e.getMessage(),
                    "sign the keys of this run, round and attempt anew");
        }
        if (!keys.advertisement().hasSoundKeys()) {
            throw invalid("maskKey", "or shareKey is no public key of X25519", "draw new secrets");
        }
    }

    /**
     * Refuses keys for another model or plan than the coordinator's, with {@code other-model}. The other members would refuse them too.
     *
     * @param basis the digest of the round that was open before the transaction; empty if that was a different round
     */
    static void requireBasis(RunRow run, MemberRow member, Optional<CohortBasis> basis, SignedAdvertisement keys) {
        CohortBasis expected = basis.orElseThrow(() -> StepGate.notOpen(run, run.round()));
        if (!expected.equals(keys.basis())) {
            throw ProblemKind.OTHER_MODEL
                    .because(
                            "the keys of client " + member.client() + " in round " + run.round() + " of run '"
                                    + run.name()
                                    + "' are for another model or plan, with digest " + keys.basis() + ", expected "
                                    + expected,
                            "discard the message, get the plan and the round's model again, and compute a new one")
                    .with("openRound", run.round());
        }
    }

    /** Refuses another member's ordinal, identity or key, with {@code invalid}. Works in the caller's transaction. */
    void requireUnique(MemberRow member, Attempt attempt, SignedAdvertisement keys) {
        if (keys.member() != member.ordinal()) {
            throw invalid(
                    "member",
                    "is " + keys.member() + ", expected " + member.ordinal() + ", the ordinal of client "
                            + member.client(),
                    "take the ordinal from GET …/members/me");
        }
        if (cohort.withIdentity(attempt.id(), keys.identity()).isPresent()) {
            throw invalid(
                    "identity",
                    "is another member's in this attempt",
                    "give each device an identity of its own, and enrol it once");
        }
        if (cohort.withMaskKey(attempt.id(), keys.advertisement().maskKey()).isPresent()) {
            throw invalid("maskKey", "is another member's in this attempt", "draw new secrets");
        }
    }

    /** Refuses a device that is excluded for wrong shares and has joined again, with {@code device-not-chosen}. */
    void requireNotLeftOut(RunRow run, SignedAdvertisement keys) {
        if (faults.isLeftOut(run.id(), CohortTable.hex(keys.identity()))) {
            throw ProblemKind.DEVICE_NOT_CHOSEN.because(
                    "the device with this identity sent wrong shares in two rounds of run '" + run.name()
                            + "', or complained falsely about others', and is left out of its cohorts",
                    "ask the device's owner to look into it; the event member.left_out has the rounds");
        }
    }

    /** Refuses a member's shares that are not for exactly the other members, with {@code invalid}. */
    void requireShares(Attempt attempt, int ordinal, byte[] frame) {
        requireFor(
                lists.members(attempt).ordinals(),
                ordinal,
                StepFrames.shares(frame, ordinal).stream()
                        .map(EncryptedShares::to)
                        .collect(Collectors.toSet()),
                true,
                "shares");
    }

    /** Refuses a message beyond the privacy budget with {@code plan-exceeded}. */
    void requireBudget(StepAcceptance.Turn turn, long sequence) {
        ProblemException refusal = PrivacyRules.refusalOf(
                sequence,
                turn.client(),
                turn.run().plan(),
                spending.elsewhere(turn.run().run(), Set.of(turn.client()))
                        .getOrDefault(turn.client(), PrivacyCost.NONE));
        if (refusal != null) {
            throw refusal;
        }
    }

    /**
     * Refuses a reveal, with {@code invalid}, unless it has exactly the required secrets of the other members that sent
     * shares: the seed of each member in the sum, and the key of each other member. A member that could not decrypt
     * another's shares reveals none for it.
     */
    void requireReveal(Attempt attempt, int ordinal, byte[] frame) {
        Reveal reveal = StepFrames.reveal(frame, ordinal);
        CohortLists.Sum sum = lists.sum(attempt);
        requireFor(sum.included(), ordinal, reveal.seedShares().keySet(), false, "seedShares");
        requireFor(sum.gone(), ordinal, reveal.keyShares().keySet(), false, "keyShares");
    }

    /**
     * Refuses shares that are not for the given members except their sender.
     *
     * @param all whether the shares of all of these are required
     */
    private static void requireFor(Set<Integer> members, int ordinal, Set<Integer> given, boolean all, String field) {
        Set<Integer> expected = new HashSet<>(members);
        expected.remove(ordinal);
        if (all ? !given.equals(expected) : !expected.containsAll(given)) {
            Set<Integer> missing = new HashSet<>(expected);
            missing.removeAll(given);
            throw invalid(
                    field,
                    "are for " + given.size() + " members, expected " + expected.size() + " others"
                            + (missing.isEmpty()
                                    ? ""
                                    : "; one for member " + missing.iterator().next() + " is missing"),
                    "send one for each of these members and for nobody else");
        }
    }

    private static ProblemException invalid(String field, String what, String action) {
        return ProblemKind.INVALID.because(field + ": " + what, action).with("field", field);
    }
}
