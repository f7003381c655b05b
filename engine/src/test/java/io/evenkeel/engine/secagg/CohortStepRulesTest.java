package io.evenkeel.engine.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.member.MemberRow;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.run.RunRow;
import io.evenkeel.engine.run.RunState;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Member 2 of a run in round 3, attempt 1, and its frames. */
class CohortStepRulesTest {

    private static final byte[] FRAME = {1, 2};
    private static final byte[] OTHER = {1, 3};

    private final MemberRow member = new MemberRow(9, "device", 2, 0, Integer.MAX_VALUE, -1, 0, 0);

    private static RunRow run(RunState state, boolean closing) {
        return new RunRow(1, "r", state, closing, 3, Instant.EPOCH, null, 0, 1, 0, null);
    }

    private static Attempt attempt(AttemptPhase phase) {
        return new Attempt(7, 1, 3, 1, phase, Instant.EPOCH, 3, 5, 0, 0, 0);
    }

    private static String said(Runnable rule) {
        try {
            rule.run();
            return "taken";
        } catch (ProblemException e) {
            return e.problem().slug() + ": " + e.detail() + (e.members().containsKey("openAttempt") ? " (open)" : "");
        }
    }

    private String required(RunState state, @Nullable Attempt attempt, boolean isAsked, int round, int number) {
        return said(() -> CohortStepRules.require(run(state, false), attempt, member, isAsked, round, number));
    }

    @Test
    void acceptsRequestsForTheOpenAttemptFromMembersThatAreAsked() {
        Attempt keys = attempt(AttemptPhase.KEYS);
        assertThat(required(RunState.RUNNING, null, true, 3, 1)).isEqualTo("taken");
        assertThat(required(RunState.RUNNING, keys, true, 3, 1)).isEqualTo("taken");
        assertThat(required(RunState.RUNNING, keys, true, 4, 0))
                .isEqualTo("round-not-open: round 4 of run 'r' is not open yet");
        assertThat(required(RunState.RUNNING, keys, true, 2, 0))
                .isEqualTo("attempt-closed: round 2 is over for this device; run 'r' is in round 3, attempt 1");
        assertThat(required(RunState.RUNNING, keys, true, 3, 0))
                .isEqualTo(
                        "attempt-closed: attempt 0 is over or not open for this device; run 'r' is in round 3, attempt"
                                + " 1 (open)");
        assertThat(required(RunState.RUNNING, attempt(AttemptPhase.FAILED), true, 3, 1))
                .isEqualTo(
                        "attempt-closed: attempt 1 is over or not open for this device; run 'r' is in round 3, attempt"
                                + " 1");
        assertThat(required(RunState.CANCELLED, keys, true, 3, 1))
                .isEqualTo("attempt-closed: attempt 1 is over or not open for this device; run 'r' is cancelled");
        assertThat(required(RunState.RUNNING, keys, false, 3, 1))
                .isEqualTo("round-closed: round 3 of run 'r' is closed to client device, which is not among those asked"
                        + " in it");
        assertThat(CohortStepRules.isDecided(run(RunState.RUNNING, true), keys))
                .as("the round is frozen")
                .isTrue();
    }

    private String taken(AttemptPhase open, boolean takesPart, byte @Nullable [] before, byte[] frame) {
        boolean[] isNew = {false};
        String said = said(() -> isNew[0] = CohortStepRules.isNew(
                run(RunState.RUNNING, false),
                attempt(open),
                member,
                AttemptPhase.SHARES,
                takesPart,
                Optional.ofNullable(before),
                frame,
                "shares"));
        return said.equals("taken") && !isNew[0] ? "repeated" : said;
    }

    @Test
    void acceptsAFrameInItsStepAndRepetitionsLater() {
        assertThat(taken(AttemptPhase.SHARES, true, null, FRAME)).isEqualTo("taken");
        assertThat(taken(AttemptPhase.SHARES, true, FRAME, FRAME)).isEqualTo("repeated");
        assertThat(taken(AttemptPhase.MASKED, true, FRAME, FRAME)).isEqualTo("repeated");
        assertThat(taken(AttemptPhase.MASKED, true, FRAME, OTHER))
                .isEqualTo("conflict: client device has already sent different shares in round 3, attempt 1 of run"
                        + " 'r' (open)");
        for (AttemptPhase closed : Set.of(AttemptPhase.KEYS, AttemptPhase.MASKED, AttemptPhase.REVEAL)) {
            assertThat(taken(closed, true, null, FRAME))
                    .isEqualTo(
                            "attempt-closed: the step shares is not open or over for this device; run 'r' is in round"
                                    + " 3, attempt 1 (open)");
        }
        assertThat(taken(AttemptPhase.SHARES, false, null, FRAME)).startsWith("attempt-closed: the step shares");
    }

    @Test
    void sharesAreForExactlyTheOtherMembers() {
        Set<Integer> members = Set.of(0, 1, 2, 3);
        assertThat(said(() -> CohortStepRules.requireShares(members, 2, Set.of(0, 1, 3))))
                .isEqualTo("taken");
        assertThat(said(() -> CohortStepRules.requireShares(members, 2, Set.of(0, 1))))
                .isEqualTo("invalid: shares: are for 2 members, expected 3 others; one for member 3 is missing");
        assertThat(said(() -> CohortStepRules.requireShares(members, 2, Set.of(0, 1, 2, 3))))
                .isEqualTo("invalid: shares: are for 4 members, expected 3 others");
    }

    @Test
    void aRevealHasOneSecretOfEachOtherMember() {
        Set<Integer> included = Set.of(0, 1, 2);
        Set<Integer> gone = Set.of(3);
        assertThat(said(() -> CohortStepRules.requireReveal(included, gone, 2, Set.of(0, 1), Set.of(3))))
                .isEqualTo("taken");
        assertThat(said(() -> CohortStepRules.requireReveal(included, gone, 2, Set.of(0), Set.of())))
                .as("it could not decrypt the others")
                .isEqualTo("taken");
        assertThat(said(() -> CohortStepRules.requireReveal(included, gone, 2, Set.of(0, 1), Set.of(1))))
                .as("both secrets of one member would uncover its vector")
                .startsWith("invalid: keyShares");
        assertThat(said(() -> CohortStepRules.requireReveal(included, gone, 2, Set.of(0, 99), Set.of())))
                .startsWith("invalid: seedShares");
    }
}
