package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class SilentMembersTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler heartbeat;

    private Scene scene(String participants) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, "\"participants\":" + participants + ",\"time\":{\"max\":\"60s\"}")
                .members(3)
                .start();
    }

    /** Lets all devices but the last answer, and advances past the deadline. */
    private void miss(Scene scene, int round) {
        scene.devices.subList(0, 2).forEach(device -> device.answer(round, GRADIENT));
        assertThat(scene.view().number("round")).isEqualTo(round);
        clock.advance(Duration.ofSeconds(60));
        heartbeat.tick();
        assertThat(scene.view().number("round")).isEqualTo(round + 1);
    }

    private static List<Object> silent(Scene scene) {
        return scene.operator.get("/runs/" + scene.run + "/members").jsonList().stream()
                .filter(member -> Boolean.TRUE.equals(member.get("silent")))
                .map(member -> member.get("client"))
                .toList();
    }

    @Test
    void aRoundDoesNotWaitForAMemberThatHasMissedThree() {
        Scene scene = scene("{\"min\":2}");
        TestDevice dead = scene.devices.get(2);
        for (int round = 0; round < 3; round++) {
            assertThat(silent(scene)).isEmpty();
            miss(scene, round);
        }
        assertThat(silent(scene)).containsExactly(dead.client());
        List<?> listed =
                (List<?>) Objects.requireNonNull(scene.openRound().json().get("silent"));
        assertThat(((Map<?, ?>) listed.get(0)).get("client")).isEqualTo(dead.client());
        assertThat(scene.openRound().number("missingCount")).isEqualTo(2);
        assertThat(scene.openRound().number("asked")).isEqualTo(3);

        scene.devices.subList(0, 2).forEach(device -> device.answer(3, GRADIENT));

        scene.awaitClosed(3);
        assertThat(scene.record(3).number("sampled")).isEqualTo(3);
        assertThat(silent(scene)).containsExactly(dead.client());
    }

    @Test
    void roundsWaitAgainForASilentMemberThatAnswers() {
        Scene scene = scene("{\"min\":2}");
        for (int round = 0; round < 3; round++) {
            miss(scene, round);
        }
        TestDevice late = scene.devices.get(2);
        late.answer(3, GRADIENT);
        scene.devices.get(0).answer(3, GRADIENT);
        assertThat(scene.view().number("round")).isEqualTo(3);
        scene.devices.get(1).answer(3, GRADIENT);
        scene.awaitClosed(3);
        assertThat(silent(scene)).isEmpty();
        miss(scene, 4);
    }

    @Test
    void roundsWaitAtOnceForASilentMemberThatRequestsWork() {
        Scene scene = scene("{\"min\":2}");
        for (int round = 0; round < 3; round++) {
            miss(scene, round);
        }
        TestDevice back = scene.devices.get(2);
        assertThat(scene.await(back, 2).number("round")).isEqualTo(3);
        assertThat(silent(scene)).isEmpty();
        scene.devices.subList(0, 2).forEach(device -> device.answer(3, GRADIENT));
        heartbeat.tick();
        assertThat(scene.view().number("round")).isEqualTo(3);
        back.answer(3, GRADIENT);
        scene.awaitClosed(3);
    }

    @Test
    void aMemberTooLateForAFullRoundHasNotMissedIt() {
        Scene scene = scene("{\"min\":2,\"max\":2}");
        for (int round = 0; round < 4; round++) {
            int now = round;
            scene.devices.subList(0, 2).forEach(device -> device.answer(now, GRADIENT));
            scene.awaitClosed(round);
        }
        assertThat(silent(scene)).isEmpty();
    }

    @Test
    void aRoundThatNeedsThemWaitsForSilentMembers() {
        Scene scene = scene("{\"min\":2}");
        for (int round = 0; round < 3; round++) {
            miss(scene, round);
        }
        scene.devices.get(0).answer(3, GRADIENT);
        heartbeat.tick();
        assertThat(scene.view().number("round")).isEqualTo(3);
        assertThat(scene.openRound().get("waitsFor")).isEqualTo("more-messages");
        scene.devices.get(2).answer(3, GRADIENT);
        clock.advance(Duration.ofSeconds(60));
        heartbeat.tick();
        assertThat(scene.view().number("round")).isEqualTo(4);
    }
}
