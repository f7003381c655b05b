package io.evenkeel.coordinator.draw;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Members decline rounds. */
@CoordinatorTest
class DecliningTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene(int members, String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 5, more)
                .members(members)
                .start();
    }

    private static Reply decline(Scene scene, TestDevice device, int round, String reason) {
        return device.http()
                .putJson("/runs/" + scene.run + "/rounds/" + round + "/declines/me", "{\"reason\":\"" + reason + "\"}");
    }

    private static Map<?, ?> declines(Scene scene, int round) {
        return scene.operator
                .get("/runs/" + scene.run + "/rounds/" + round + "/declines")
                .json();
    }

    private static void answer(TestDevice device, int round) {
        device.answer(round, TestDevice.gradient(device.model(round), 0));
    }

    @Test
    void theRoundDoesNotWaitForMembersThatDeclinedAndStaysExact() {
        Scene scene = scene(3, "\"participants\":{\"min\":1}");
        TestDevice first = scene.devices.get(0);
        TestDevice second = scene.devices.get(1);
        TestDevice third = scene.devices.get(2);
        answer(first, 0);
        assertThat(decline(scene, second, 0, "battery").status()).isEqualTo(204);
        assertThat(scene.operator.get("/runs/" + scene.run + "/rounds/open").number("declined"))
                .isEqualTo(1);
        assertThat(decline(scene, third, 0, "busy").status()).isEqualTo(204);
        assertThat(scene.await(first, 0).number("round")).isEqualTo(1);
        assertThat(declines(scene, 0)).isEqualTo(Map.of("battery", 1, "busy", 1));
        assertThat(scene.record(0).number("participants")).isEqualTo(1);
        assertThat(declines(scene, 1)).isEmpty();

        assertThat(second.task(-1).number("round")).as("it is asked again").isEqualTo(1);
        scene.devices.forEach(device -> answer(device, 1));
        scene.await(first, 1);
        assertThat(Scene.difference(scene.replica(2).sum(), scene.devices, 1, 1, 1))
                .isLessThan(1e-12);
    }

    @Test
    void aMemberThatChangesItsMindSendsItsMessage() {
        Scene scene = scene(2, "");
        TestDevice device = scene.devices.get(0);
        decline(scene, device, 0, "network");
        assertThat(decline(scene, device, 0, "other").status()).as("again").isEqualTo(204);
        answer(device, 0);
        assertThat(decline(scene, device, 0, "busy").status())
                .as("after the message")
                .isEqualTo(204);
        assertThat(declines(scene, 0)).isEqualTo(Map.of("other", 1));
        assertThat(scene.operator.get("/runs/" + scene.run + "/rounds/open").number("declined"))
                .isZero();
        answer(scene.devices.get(1), 0);
        scene.await(device, 0);
        assertThat(scene.record(0).number("participants")).isEqualTo(2);
    }

    @Test
    void aDeviceThatDeclinedGetsNoMoreWorkInTheRound() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 5, "")
                .members(1);
        TestDevice device = scene.device();
        // Simulates enrolment with a token for this run, since other tests have runs that every device may join.
        jdbc.update("UPDATE client SET run = ? WHERE id = ?", scene.run, device.client());
        device.join(1);
        scene.start();
        assertThat(device.http().get("/work").status()).isEqualTo(200);
        decline(scene, device, 0, "busy");
        assertThat(device.http().get("/work").status()).isEqualTo(204);
        answer(scene.devices.get(0), 0);
        scene.await(device, 0);
        assertThat(device.http().get("/work").status()).isEqualTo(200);
    }

    @Test
    void aRoundThatAllDeclineWaitsForItsDeadline() {
        Scene scene = scene(1, "");
        decline(scene, scene.devices.get(0), 0, "busy");
        assertThat(scene.view().number("round")).isZero();
        answer(scene.devices.get(0), 0);
        assertThat(scene.await(scene.devices.get(0), 0).number("round")).isEqualTo(1);
    }

    @Test
    void refusesOtherRoundsAndUnknownReasonsAndChangesNothing() {
        Scene scene = scene(1, "");
        TestDevice device = scene.devices.get(0);
        answer(device, 0);
        scene.await(device, 0);
        String before = scene.fingerprint();
        assertThat(decline(scene, device, 0, "busy").problem()).isEqualTo("round-closed");
        assertThat(decline(scene, device, 2, "busy").problem()).isEqualTo("round-not-open");
        Reply tired = decline(scene, device, 1, "tired");
        assertThat(tired.status()).isEqualTo(422);
        assertThat(tired.text()).contains("expected one of [battery, network, busy, other]");
        assertThat(decline(scene, scene.device(), 1, "busy").problem()).isEqualTo("member-not-found");
        assertThat(scene.fingerprint()).isEqualTo(before);
        assertThat(List.copyOf(declines(scene, 1).keySet())).isEmpty();
        scene.act("cancel");
        assertThat(decline(scene, device, 1, "busy").problem()).isEqualTo("wrong-state");
    }
}
