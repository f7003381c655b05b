package io.evenkeel.coordinator.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.engine.run.Run;
import io.evenkeel.engine.run.RunStall;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunWaitingTest {

    private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");

    private static Run started() {
        Run run = new Run("a", "{}", NOW);
        run.start(NOW, Duration.ofMinutes(1));
        return run;
    }

    private static List<WaitingItem> items(Run run, int members, int leftOut) {
        return new RunWaiting(run, 2, members, leftOut, null).items(NOW.plusSeconds(30));
    }

    @Test
    void needsNothingWhileItRunsOrIsOver() {
        assertThat(items(started(), 3, 0)).isEmpty();
        Run cancelled = started();
        cancelled.cancel(NOW, null);
        assertThat(items(cancelled, 3, 1)).isEmpty();
    }

    @Test
    void needsAStartOnceEnoughDevicesHaveJoined() {
        Run created = new Run("a", "{}", NOW);
        assertThat(items(created, 1, 0)).isEmpty();
        assertThat(items(created, 2, 0))
                .extracting(WaitingItem::code, WaitingItem::command)
                .containsExactly(tuple(WaitingCode.RUN_READY, "evenkeel runs start a"));
    }

    @Test
    void isStalledForTheReasonThatTheStallHas() {
        RunStall stall = new RunStall(RunStall.Reason.TOO_FEW_MEMBERS, NOW, "let 1 more join");

        assertThat(new RunWaiting(started(), 2, 1, 0, stall).items(NOW.plusSeconds(30)))
                .singleElement()
                .satisfies(item -> {
                    assertThat(item.code()).isEqualTo(WaitingCode.RUN_STALLED);
                    assertThat(item.critical()).isTrue();
                    assertThat(item.since()).isEqualTo(NOW);
                    assertThat(item.message()).isEqualTo("let 1 more join");
                });
    }

    @Test
    void waitsForObjectsThatAreMissing() {
        Run run = started();
        run.lackObjects(NOW, "2 objects are missing");
        run.lackObjects(NOW, "3 objects are missing");

        assertThat(items(run, 3, 0))
                .extracting(WaitingItem::code, WaitingItem::critical, WaitingItem::message)
                .containsExactly(tuple(WaitingCode.OBJECTS_MISSING, true, "3 objects are missing"));
        run.resume(NOW);
        assertThat(items(run, 3, 0)).isEmpty();
    }

    @Test
    void distinguishesPausesByOperatorsFromThoseByTheCoordinator() {
        Run paused = started();
        paused.pause(NOW.plusSeconds(5), null);
        assertThat(items(paused, 3, 0))
                .extracting(WaitingItem::code, WaitingItem::since, WaitingItem::message, WaitingItem::command)
                .containsExactly(tuple(
                        WaitingCode.RUN_PAUSED,
                        NOW.plusSeconds(5),
                        "an operator has paused it",
                        "evenkeel runs resume a"));

        Run changed = started();
        changed.distrust(NOW, "table message does not match the run's hash chain");
        assertThat(items(changed, 3, 0))
                .extracting(WaitingItem::code, WaitingItem::message)
                .containsExactly(tuple(WaitingCode.RUN_DAMAGED, "table message does not match the run's hash chain"));
    }

    @Test
    void namesAFailureForAWeek() {
        Run failed = started();
        failed.fail(NOW, "the model would no longer be finite");
        RunWaiting waiting = new RunWaiting(failed, 2, 3, 0, null);

        assertThat(waiting.items(NOW.plus(Duration.ofDays(6))))
                .extracting(WaitingItem::code)
                .containsExactly(WaitingCode.RUN_FAILED);
        assertThat(waiting.items(NOW.plus(Duration.ofDays(8)))).isEmpty();
    }

    @Test
    void namesMembersThatAreLeftOut() {
        assertThat(items(started(), 5, 2))
                .extracting(WaitingItem::code, WaitingItem::message)
                .containsExactly(tuple(
                        WaitingCode.MEMBERS_LEFT_OUT,
                        "members excluded from its cohorts, because they sent wrong shares in two rounds: 2"));
    }
}
