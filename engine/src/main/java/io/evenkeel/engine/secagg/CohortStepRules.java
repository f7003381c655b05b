package io.evenkeel.engine.secagg;

import io.evenkeel.core.secagg.CohortBasis;
import io.evenkeel.core.secagg.CohortContext;
import io.evenkeel.core.secagg.SecAggException;
import io.evenkeel.core.secagg.SignedAdvertisement;
import io.evenkeel.engine.definition.SecureAggregationTerms;
import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an attempt accepts a device's frame. Refuses every error that a device can make, so that no device
 * can stop the others.
 */
public final class CohortStepRules {

    private CohortStepRules() {}

    /**
     * Refuses a request for an attempt that is not the open one, or from a member that was not asked.
     *
     * @param attempt the open round's newest attempt, null if no device has requested one yet
     * @param isAsked whether the member was drawn for the open round
     * @param round the round that the request names
     * @param number the attempt that it names
     * @throws ProblemException {@code round-not-open}, {@code round-closed}, {@code attempt-closed}
     */
    public static void require(
            RunRow run, @Nullable Attempt attempt, MemberRow member, boolean isAsked, int round, int number) {
        if (run.state() == RunState.CREATED || (run.state().hasOpenRound() && round > run.round())) {
            throw notOpen(run, round);
        }
        if (round < run.round()) {
            throw closed(run, AttemptPhase.DONE, round, "round " + round + " is over");
        }
        if (isDecided(run, attempt) || number != run.extended()) {
            throw closed(run, attempt, "attempt " + number + " is over or not open");
        }
        if (round < member.activeFrom() || !isAsked) {
            throw notAsked(run, member);
        }
    }

    /** Returns whether the device takes part in no further attempt of the open round. */
    public static boolean isDecided(RunRow run, @Nullable Attempt attempt) {
        return run.state().isOver()
                || run.closing()
                || (attempt != null && attempt.phase().isOver());
    }

    /**
     * Decides whether a frame is new.
     *
     * @param before the frame that the member has already sent in this step; empty if none
     * @param takesPart whether the member took the previous step
     * @param what the frame's name
     * @return false for a repetition
     * @throws ProblemException {@code conflict} for a frame that differs from the earlier one,
     *     {@code attempt-closed} if the step is not open
     */
    public static boolean isNew(
            RunRow run,
            Attempt attempt,
            MemberRow member,
            AttemptPhase step,
            boolean takesPart,
            Optional<byte[]> before,
            byte[] frame,
            String what) {
        if (before.isPresent()) {
            if (!Arrays.equals(before.get(), frame)) {
                throw conflict(run, attempt, member, what);
            }
            return false;
        }
        if (attempt.phase() != step || !takesPart) {
            throw closed(run, attempt, "the step " + step.text() + " is not open or over");
        }
        return true;
    }

    /**
     * Refuses keys that are invalid or not signed by a device of one of the run's owners, with {@code invalid}. Does
     * not compare their model and plan; {@link #requireBasis} does.
     */
    public static void verify(
            String run, int round, int number, SecureAggregationTerms terms, SignedAdvertisement keys) {
        if (terms.owners().stream().noneMatch(owner -> Arrays.equals(owner, keys.owner()))) {
            throw invalid(
                    "owner",
                    "is not one of the run's secureAggregation.owners, whose devices may take part",
                    "give the device an identity of one of these owners");
        }
        if (!keys.isCertified()) {
            throw invalid(
                    "certificate",
                    "is not the owner's for this identity",
                    "let the owner issue the identity again: evenkeel identity device");
        }
        try {
            keys.verify(new CohortContext(run, round, number, keys.basis()), terms.owners());
        } catch (SecAggException e) {
            throw invalid(
                    "signature", "is wrong: " + e.getMessage(), "sign the keys of this run, round and attempt again");
        }
        if (!keys.advertisement().hasSoundKeys()) {
            throw invalid("maskKey", "or shareKey is not a public key of X25519", "draw new secrets");
        }
    }

    /** Refuses keys after the cohort has reached its maximum size. */
    public static void requireRoom(RunRow run, Attempt attempt, int maxMembers) {
        if (attempt.advertised() >= maxMembers) {
            throw closed(run, attempt, "the cohort has reached its maximum size, so the step is over");
        }
    }

    /**
     * Refuses keys for another model or plan than the coordinator's, with {@code other-model}. The other
     * members would refuse them too.
     *
     * @param basis the digest of the round that was open before the transaction; empty if that was a different round
     */
    public static void requireBasis(
            RunRow run, MemberRow member, Optional<CohortBasis> basis, SignedAdvertisement keys) {
        CohortBasis expected = basis.orElseThrow(() -> notOpen(run, run.round()));
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

    /**
     * Refuses another member's ordinal, identity or key with {@code invalid}. Refuses a device that was excluded for
     * wrong shares and has joined again with {@code device-not-chosen}.
     *
     * @param hasIdentity whether another member of the attempt has the identity
     * @param hasMaskKey whether another member has the key for masks
     * @param isLeftOut whether the identity is excluded
     */
    public static void requireOwn(
            RunRow run,
            MemberRow member,
            SignedAdvertisement keys,
            boolean hasIdentity,
            boolean hasMaskKey,
            boolean isLeftOut) {
        if (keys.member() != member.ordinal()) {
            throw invalid(
                    "member",
                    "is " + keys.member() + ", expected " + member.ordinal() + ", the ordinal of client "
                            + member.client(),
                    "use the ordinal from GET …/members/me");
        }
        if (hasIdentity) {
            throw invalid(
                    "identity",
                    "is another member's in this attempt",
                    "give each device its own identity, and enrol it once");
        }
        if (hasMaskKey) {
            throw invalid("maskKey", "is another member's in this attempt", "draw new secrets");
        }
        if (isLeftOut) {
            throw ProblemKind.DEVICE_NOT_CHOSEN.because(
                    "the device with this identity sent wrong shares in two rounds of run '" + run.name()
                            + "', or falsely accused others of it, and is excluded from its cohorts",
                    "ask the device's owner to investigate; the event member.left_out has the rounds");
        }
    }

    /** Refuses a member's shares that are not for exactly the other members, with {@code invalid}. */
    public static void requireShares(Set<Integer> members, int ordinal, Set<Integer> receivers) {
        requireFor(members, ordinal, receivers, true, "shares");
    }

    /**
     * Refuses a reveal, with {@code invalid}, unless its secrets are those that the sum needs: the seed of
     * each member in the sum, and the key of each other member that sent shares. A member that could not
     * decrypt another's shares reveals none for it.
     */
    public static void requireReveal(
            Set<Integer> included, Set<Integer> gone, int ordinal, Set<Integer> seeds, Set<Integer> keys) {
        requireFor(included, ordinal, seeds, false, "seedShares");
        requireFor(gone, ordinal, keys, false, "keyShares");
    }

    /**
     * Refuses shares for members other than the given ones, or for their sender.
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
                    "send one for each of these members and for no other");
        }
    }

    private static ProblemException invalid(String field, String what, String action) {
        return ProblemKind.INVALID.because(field + ": " + what, action).with("field", field);
    }

    /** Returns the refusal of a step of the open round that is over for a device, or not yet open. */
    public static ProblemException closed(RunRow run, @Nullable Attempt attempt, String what) {
        AttemptPhase phase = attempt == null ? AttemptPhase.KEYS : attempt.phase();
        ProblemException closed = closed(run, phase, run.round(), what);
        return isDecided(run, attempt) ? closed : closed.with("openAttempt", run.extended());
    }

    private static ProblemException closed(RunRow run, AttemptPhase phase, int round, String what) {
        return ProblemKind.ATTEMPT_CLOSED
                .because(
                        what + " for this device; run '" + run.name() + "' is "
                                + (run.state().isOver()
                                        ? run.state().text()
                                        : "in round " + run.round() + ", attempt " + run.extended()),
                        "ask for the outcome with GET /api/v1/runs/" + run.name() + "/rounds/" + round
                                + "/attempts/0/outcome/me; take part in the open attempt with new secrets")
                .with("openRound", run.round())
                .with("phase", phase.text())
                .with("state", run.state().text());
    }

    /** Returns the refusal of a round that is not open yet. */
    public static ProblemException notOpen(RunRow run, int round) {
        return ProblemKind.ROUND_NOT_OPEN
                .because(
                        "round " + round + " of run '" + run.name() + "' is not open yet",
                        "wait for the round with GET /api/v1/runs/" + run.name() + "/task; keep the state as it was")
                .with("openRound", run.openRound());
    }

    private static ProblemException notAsked(RunRow run, MemberRow member) {
        return ProblemKind.ROUND_CLOSED
                .because(
                        "round " + run.round() + " of run '" + run.name() + "' is closed to client " + member.client()
                                + ", which is not among those asked in it",
                        "keep the state as it was, discard this message and compute on the model of the next task")
                .with("openRound", run.round())
                .with("state", run.state().text());
    }

    private static ProblemException conflict(RunRow run, Attempt attempt, MemberRow member, String what) {
        return ProblemKind.CONFLICT
                .because(
                        "client " + member.client() + " has already sent different " + what + " in"
                                + " round " + attempt.round()
                                + ", attempt " + attempt.number() + " of run '" + run.name() + "'",
                        "another process may use the same identity, or the device has restarted: this attempt is"
                                + " lost for it; wait for the outcome or the next attempt")
                .with("openRound", run.round())
                .with("openAttempt", run.extended());
    }
}
