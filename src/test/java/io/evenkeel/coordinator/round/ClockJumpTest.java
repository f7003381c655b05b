package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class ClockJumpTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};
    private static final Duration JUMP = Duration.ofDays(400);

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler heartbeat;

    private boolean isAhead;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, "\"participants\":{\"min\":1},\"time\":{\"min\":\"1s\",\"max\":\"60s\"}")
                .members(2)
                .start();
    }

    private void ahead() {
        clock.jump(JUMP);
        isAhead = true;
    }

    /** Corrects the clock, which other tests share. */
    @AfterEach
    void correct() {
        if (isAhead) {
            clock.jump(JUMP.negated());
            isAhead = false;
            heartbeat.tick();
        }
    }

    @Test
    void aRoundThatWasExtendedByAClockAheadClosesInTime() {
        Scene scene = scene();
        ahead();
        heartbeat.tick();
        assertThat(scene.view().number("extended")).isEqualTo(1);
        correct();

        assertThat(scene.view().get("deadline"))
                .isEqualTo(clock.instant().plusSeconds(60).toString());
        clock.advance(Duration.ofSeconds(60));
        heartbeat.tick();
        assertThat(scene.view().number("extended")).isEqualTo(2);
    }

    @Test
    void aRoundThatWasOpenedByAClockAheadClosesInTime() {
        Scene scene = scene();
        ahead();
        scene.devices.get(0).answer(0, GRADIENT);
        scene.awaitClosed(0);
        correct();
        assertThat(scene.view().get("openedAt")).isEqualTo(clock.instant().toString());

        scene.devices.get(0).answer(1, GRADIENT);
        clock.advance(Duration.ofSeconds(60));
        heartbeat.tick();
        assertThat(scene.view().number("round")).isEqualTo(2);
    }

    @Test
    void aPauseMeasuredByAWrongClockDoesNotMoveTheDeadlineByAYear() {
        Scene scene = scene();
        scene.act("pause");
        ahead();
        scene.act("resume");
        correct();
        assertThat(scene.view().get("deadline"))
                .isEqualTo(clock.instant().plusSeconds(60).toString());
    }
}
