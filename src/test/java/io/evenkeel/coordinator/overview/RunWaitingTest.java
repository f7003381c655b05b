package io.evenkeel.coordinator.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.coordinator.definition.RoundRules;
import io.evenkeel.coordinator.definition.RunDefinition;
import io.evenkeel.coordinator.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class RunWaitingTest {

    private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");
    private static final RoundRules RULES = RoundRules.of(new JsonMapper().readValue("""
                    {"name": "a", "rounds": 50, "sampling": 1, "participants": {"min": 2},
                     "time": {"min": "PT0S", "max": "PT1M"}}""", RunDefinition.class));

    private static Run started() {
        Run run = new Run("a", "{}", NOW);
        run.start(NOW, Duration.ofMinutes(1));
        return run;
    }

    private static List<WaitingItem> items(Run run, int members, int leftOut) {
        return new RunWaiting(run, 2, members, leftOut).items(NOW.plusSeconds(30));
    }

    @Test
    void wantsNothingWhileItRunsOrIsOver() {
        assertThat(items(started(), 3, 0)).isEmpty();
        Run cancelled = started();
        cancelled.cancel(NOW, null);
        assertThat(items(cancelled, 3, 1)).isEmpty();
    }

    @Test
    void wantsAStartOnceEnoughDevicesHaveJoined() {
        Run created = new Run("a", "{}", NOW);
        assertThat(items(created, 1, 0)).isEmpty();
        assertThat(items(created, 2, 0))
                .extracting(WaitingItem::code, WaitingItem::command)
                .containsExactly(tuple(WaitingCode.RUN_READY, "evenkeel runs start a"));
    }

    @Test
    void isStalledWhenItsRoundWasExtendedTwice() {
        Run run = started();
        run.extend(NOW, RULES, RULES);
        assertThat(items(run, 3, 0)).isEmpty();
        run.extend(NOW, RULES, RULES);

        assertThat(items(run, 3, 0)).singleElement().satisfies(item -> {
            assertThat(item.code()).isEqualTo(WaitingCode.RUN_STALLED);
            assertThat(item.critical()).isTrue();
            assertThat(item.since()).isEqualTo(NOW);
            assertThat(item.message())
                    .isEqualTo("round 0 has 0 of the 2 messages that it needs, and was extended 2 times");
        });
    }

    @Test
    void tellsAPauseByAnOperatorFromOneByTheCoordinator() {
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
        changed.distrust(NOW, "table message does not fit the run's hash chain");
        assertThat(items(changed, 3, 0))
                .extracting(WaitingItem::code, WaitingItem::message)
                .containsExactly(tuple(WaitingCode.RUN_DAMAGED, "table message does not fit the run's hash chain"));
    }

    @Test
    void namesAFailureForAWeek() {
        Run failed = started();
        failed.fail(NOW, "the model would no longer be finite");
        RunWaiting waiting = new RunWaiting(failed, 2, 3, 0);

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
                        "members left out of its cohorts, because they sent wrong shares in two rounds: 2"));
    }
}
