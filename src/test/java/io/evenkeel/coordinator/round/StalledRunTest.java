package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class StalledRunTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler heartbeat;

    private Scene scene() {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, "\"participants\":{\"min\":2},\"time\":{\"max\":\"60s\"}")
                .members(2)
                .start();
    }

    private void pass(Duration time) {
        clock.advance(time);
        heartbeat.tick();
    }

    private static List<String> events(Scene scene) {
        return scene.operator.get("/runs/" + scene.run + "/event-log").jsonList().stream()
                .map(event -> String.valueOf(event.get("type")))
                .filter(type -> type.equals("run.stalled") || type.equals("run.recovered"))
                .toList();
    }

    private Map<?, ?> inOverview(Scene scene) {
        List<?> runs = (List<?>) Objects.requireNonNull(
                scene.operator.get("/run-overview?search=" + scene.run).json().get("runs"));
        return (Map<?, ?>) runs.get(0);
    }

    /** Returns a list's entry for a scene's run. */
    private static Map<?, ?> about(@Nullable Object list, Scene scene) {
        return ((List<?>) Objects.requireNonNull(list))
                .stream()
                        .map(entry -> (Map<?, ?>) entry)
                        .filter(entry -> scene.run.equals(entry.get("name")))
                        .findFirst()
                        .orElseThrow();
    }

    @Test
    void aRunWithoutDevicesStallsUntilARoundCloses() {
        Scene scene = scene();
        String opened = scene.view().get("openedAt");
        scene.devices.get(0).answer(0, GRADIENT);
        pass(Duration.ofSeconds(60));
        assertThat(scene.view().json().get("stalled")).isNull();

        pass(Duration.ofSeconds(60));

        Reply stalled = scene.view();
        assertThat(stalled.get("state")).isEqualTo("running");
        assertThat(stalled.json().get("stalled"))
                .isEqualTo(Map.of(
                        "reason",
                        "too-few-messages",
                        "since",
                        opened,
                        "message",
                        "round 0 has 1 of the 2 messages that it needs, and was extended 2 times; bring the missing devices"
                                + " back, remove those that will not return, or lower participants.min"));
        assertThat(stalled.json().get("expectedEnd")).isNull();
        assertThat(inOverview(scene).get("stalled")).isEqualTo(stalled.json().get("stalled"));
        Reply refused =
                scene.devices.get(0).http().get("/runs/" + scene.run + "/task?after=7&history=0123456789abcdef");
        assertThat(refused.problem()).isEqualTo("history-lost");
        assertThat(refused.json().get("stalled"))
                .as("the device has answered the open round, and waits")
                .isEqualTo(stalled.json().get("stalled"));
        pass(Duration.ofSeconds(60));
        assertThat(events(scene)).containsExactly("run.stalled");

        scene.devices.get(1).answer(0, GRADIENT);
        scene.awaitClosed(0);

        assertThat(scene.view().json().get("stalled")).isNull();
        assertThat(inOverview(scene).get("stalled")).isNull();
        assertThat(events(scene)).containsExactly("run.recovered", "run.stalled");
    }

    @Test
    void aStalledRunIsNotStalledWhilePausedAndIsAgainAfterResuming() {
        Scene scene = scene();
        pass(Duration.ofSeconds(60));
        pass(Duration.ofSeconds(60));
        scene.act("pause");
        assertThat(scene.view().json().get("stalled")).isNull();
        scene.act("resume");
        assertThat(scene.view().json().get("stalled")).isNotNull();
    }

    @Test
    void reportsToOperatorsAndDevicesThatTheRunHasTooFewMembers() {
        Scene scene = scene();
        scene.devices.get(0).leave();
        pass(Duration.ofSeconds(60));
        pass(Duration.ofSeconds(60));

        Object stalled = scene.view().json().get("stalled");

        String why = "round 0 needs 2 members, but the run has 1; members that leave it: 1; let 1 more join, or lower"
                + " participants.min to 1";
        assertThat(stalled)
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("reason", "too-few-members")
                .containsEntry("message", why);
        assertThat(inOverview(scene).get("stalled")).isEqualTo(stalled);
        assertThat(scene.devices.get(1).membership().json().get("stalled")).isEqualTo(stalled);
        assertThat(about(scene.overview().json().get("waiting"), scene).get("message"))
                .isEqualTo(why);
    }

    @Test
    void theRunItsListAndTheOverviewExpectTheSameEnd() {
        Scene scene = scene();
        assertThat(scene.view().json().get("expectedEnd")).isNull();
        for (int round = 0; round < 3; round++) {
            clock.advance(Duration.ofSeconds(10));
            for (TestDevice device : scene.devices) {
                device.answer(round, GRADIENT);
            }
            scene.awaitClosed(round);
        }
        // The open round takes longer than the earlier rounds, and every view must show this.
        clock.advance(Duration.ofSeconds(50));
        String expected = clock.instant().minusSeconds(50).plusSeconds(47 * 20).toString();

        assertThat(scene.view().get("expectedEnd")).isEqualTo(expected);
        assertThat(about(scene.operator.get("/runs?search=" + scene.run).jsonList(), scene)
                        .get("expectedEnd"))
                .isEqualTo(expected);
        assertThat(about(scene.overview().json().get("running"), scene).get("expectedEnd"))
                .isEqualTo(expected);
        assertThat(about(scene.overview().json().get("running"), scene).get("roundSeconds"))
                .isEqualTo(20.0);
    }

    @Test
    void aDeviceThatHasJustAnsweredHasJustBeenSeen() {
        Scene scene = scene();
        for (int minute = 0; minute < 4; minute++) {
            clock.advance(Duration.ofMinutes(1));
            scene.devices.get(0).membership();
        }
        String now = clock.instant().toString();
        List<Map<String, Object>> members =
                scene.operator.get("/runs/" + scene.run + "/members").jsonList();
        assertThat(members.get(0).get("lastSeenAt")).isEqualTo(now);
        assertThat(members.get(1).get("lastSeenAt"))
                .isEqualTo(clock.instant().minus(Duration.ofMinutes(4)).toString());
        assertThat(scene.operator
                        .get("/clients/" + scene.devices.get(0).client())
                        .get("lastSeenAt"))
                .isEqualTo(now);
    }
}
