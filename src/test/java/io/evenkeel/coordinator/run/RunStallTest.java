package io.evenkeel.coordinator.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.run.RunStall;
import io.evenkeel.engine.run.RunStall.Members;
import io.evenkeel.engine.run.RunStall.Reason;
import io.evenkeel.engine.run.RunState;
import io.evenkeel.engine.run.StalledRound;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunStallTest {

    private static final Instant OPENED = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant DEADLINE = OPENED.plusSeconds(60);

    private static boolean isStalled(RunState state, boolean closing, int extended, Duration open) {
        return StalledRound.isOf(state, closing, DEADLINE, extended, OPENED.plus(open));
    }

    private static RunStall stall(int extended, @Nullable String message, Members members) {
        RunStall stall = RunStall.of(new StalledRound(7, 5, OPENED, 1, extended, message), members);
        assertThat(stall.since()).isEqualTo(OPENED);
        return stall;
    }

    private static Members members(int needed, int staying, int leaving, int silent) {
        return new Members(needed, staying, leaving, 0, silent, false);
    }

    @Test
    void aRoundThatWaitsOrWasExtendedOnceHasNotStalled() {
        assertThat(isStalled(RunState.RUNNING, false, 0, Duration.ofSeconds(59)))
                .isFalse();
        assertThat(isStalled(RunState.RUNNING, false, 1, Duration.ofSeconds(59)))
                .isFalse();
    }

    @Test
    void aRoundThatWasExtendedTwiceHasStalled() {
        assertThat(isStalled(RunState.RUNNING, false, 2, Duration.ofSeconds(59)))
                .isTrue();
        assertThat(isStalled(RunState.RUNNING, false, 13, Duration.ofSeconds(59)))
                .isTrue();
    }

    @Test
    void aMissedDeadlineIsAStallAfterAMinute() {
        assertThat(isStalled(RunState.RUNNING, false, 0, Duration.ofMinutes(2))).isFalse();
        assertThat(isStalled(RunState.RUNNING, false, 0, Duration.ofSeconds(121)))
                .isTrue();
        assertThat(StalledRound.isOf(RunState.RUNNING, false, null, 0, DEADLINE.plusSeconds(999)))
                .isFalse();
    }

    @Test
    void onlyARunningRunStalls() {
        Duration day = Duration.ofDays(1);
        assertThat(isStalled(RunState.PAUSED, false, 5, day)).isFalse();
        assertThat(isStalled(RunState.FINISHED, false, 5, day)).isFalse();
        assertThat(isStalled(RunState.RUNNING, true, 5, day)).isFalse();
    }

    @Test
    void namesAMissedDeadline() {
        RunStall stall = stall(0, null, members(3, 1, 0, 0));
        assertThat(stall.reason()).isEqualTo(Reason.NOT_MOVED_ON);
        assertThat(stall.message()).startsWith("the deadline of round 5 has passed");
    }

    @Test
    void namesMissingMessagesIfEnoughMembersCouldSendThem() {
        RunStall stall = stall(2, null, members(3, 5, 0, 2));
        assertThat(stall.reason()).isEqualTo(Reason.TOO_FEW_MESSAGES);
        assertThat(stall.message())
                .isEqualTo("round 5 has 1 of the 3 messages that it needs, and was extended 2 times; bring the missing"
                        + " devices back, remove those that will not return, or lower participants.min");
    }

    @Test
    void namesMembersThatLeftAndAMinimumThatCouldBeMet() {
        RunStall stall = stall(2, null, members(3, 2, 1, 0));
        assertThat(stall.reason()).isEqualTo(Reason.TOO_FEW_MEMBERS);
        assertThat(stall.message())
                .isEqualTo("round 5 needs 3 members, but the run has 2; members that leave it: 1; let 1 more join, or"
                        + " lower participants.min to 2");
        assertThat(stall(2, null, members(1, 0, 0, 0)).message())
                .isEqualTo("round 5 needs 1 members, but the run has 0; let 1 more join");
    }

    @Test
    void namesSilentMembersIfTheOthersAreTooFew() {
        RunStall stall = stall(2, null, members(3, 4, 0, 2));
        assertThat(stall.reason()).isEqualTo(Reason.MEMBERS_SILENT);
        assertThat(stall.message())
                .contains("needs 3 members, but 2 of the 4 have not answered the last rounds; bring");
    }

    @Test
    void namesACohortThatIsNotFormedAndWhy() {
        String last = "round 5 was extended 2 times: only 2 of at least 3 members sent keys";
        RunStall stall = stall(2, last, new Members(3, 4, 0, 0, 0, true));
        assertThat(stall.reason()).isEqualTo(Reason.NO_COHORT);
        assertThat(stall.message())
                .isEqualTo(last + "; bring the missing devices back, or remove those that will not return");
    }

    @Test
    void doesNotCountMembersThatAreExcludedFromCohorts() {
        RunStall stall = stall(2, "round 5 was extended 2 times", new Members(4, 4, 0, 1, 0, true));
        assertThat(stall.reason()).isEqualTo(Reason.TOO_FEW_MEMBERS);
        assertThat(stall.message())
                .isEqualTo(
                        "round 5 needs 4 members, but the run has 3; members excluded from its cohorts: 1; let 1 more"
                                + " join, or create it again with participants.min: 3");
        assertThat(stall(2, "", new Members(3, 3, 0, 1, 0, true)).message())
                .as("no cohort has fewer than three")
                .endsWith("; let 1 more join");
    }
}
