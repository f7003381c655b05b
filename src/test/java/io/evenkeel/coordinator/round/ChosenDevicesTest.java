package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.draw.OpenRoundCache;
import io.evenkeel.coordinator.run.PlanCache;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.selection.DeviceFraction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Tests that a run's selectors determine which devices join and which devices a round selects, by the attributes when
 * the round opens.
 */
@CoordinatorTest
class ChosenDevicesTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private OpenRoundCache openRounds;

    @Autowired
    private PlanCache plans;

    private Scene scene(String devices) {
        return new Scene(api.endpoint(), jdbc, Scene.newName() + "-chosen", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "\"devices\": " + devices);
    }

    private static void report(TestDevice device, String attributes) {
        Reply reply = device.http().putJson("/clients/me/attributes", "{\"attributes\": " + attributes + "}");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(204);
    }

    private static boolean isAsked(Scene scene, TestDevice device, int after) {
        Reply task = device.http().get("/runs/" + scene.run + "/task?after=" + after);
        return task.status() == 200 && task.get("state").equals("running");
    }

    private static void answer(Scene scene, int round, TestDevice... devices) {
        for (TestDevice device : devices) {
            device.answer(round, GRADIENT);
        }
        scene.await(devices[0], round);
    }

    private void forget(Scene scene) {
        openRounds.forget(plans.named(scene.run).run());
    }

    @Test
    void aDeviceThatTheRunRefusesCannotReadIt() {
        Scene scene = scene("{\"join\": \"region=eu\"}");
        TestDevice member = scene.device();
        report(member, "{\"region\": \"eu\"}");
        assertThat(member.join(1).status()).isEqualTo(201);
        scene.start();
        answer(scene, 0, member);
        TestDevice stranger = scene.device();
        String rounds = "/runs/" + scene.run + "/rounds/";
        for (String path : new String[] {"1/model", "latest/model", "1/update?since=0", "1/replica"}) {
            assertThat(member.http().get(rounds + path).status()).as(path).isEqualTo(200);
            assertThat(stranger.http().get(rounds + path).problem()).as(path).isEqualTo("device-not-chosen");
        }
        assertThat(scene.operator.get(rounds + "1/model").status()).isEqualTo(200);

        Reply evaluation = scene.operator.postJson(
                "/evaluations",
                "{\"name\":\"" + scene.run + "\",\"run\":\"" + scene.run + "\",\"round\":1,\"time\":\"1h\"}");
        assertThat(evaluation.status()).as(evaluation.toString()).isEqualTo(201);
        assertThat(stranger.http().get(rounds + "1/model").status())
                .as("an evaluation asks it to measure the model")
                .isEqualTo(200);
        assertThat(stranger.http().get(rounds + "1/replica").problem()).isEqualTo("device-not-chosen");

        report(stranger, "{\"region\": \"eu\"}");
        assertThat(stranger.http().get(rounds + "1/replica").status())
                .as("it may join")
                .isEqualTo(200);
    }

    @Test
    void admitsDevicesThatTheSelectorChooses() {
        Scene scene = scene("{\"join\": \"region in (eu,us),!banned\"}");
        TestDevice device = scene.device();
        Reply refused = device.join(1);
        assertThat(refused.problem()).isEqualTo("device-not-chosen");
        assertThat(refused.get("selector")).isEqualTo("region in (eu,us),!banned");
        report(device, "{\"region\": \"eu\"}");
        assertThat(device.join(1).status()).isEqualTo(201);
        scene.operator.patch(
                "/clients/" + device.client() + "/labels",
                "application/merge-patch+json",
                "{\"banned\": \"yes\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(device.join(2).status()).isEqualTo(200);
    }

    @Test
    void admitsOnlyTheDevicesOfItsPart() {
        Scene scene = scene("{\"part\": {\"seed\": \"halves\", \"to\": 0.5}}");
        for (int i = 0; i < 20; i++) {
            TestDevice device = scene.device();
            double fraction = DeviceFraction.of("halves", device.client());
            Reply reply = device.join(1);
            if (fraction < 0.5) {
                assertThat(reply.status()).isEqualTo(201);
            } else {
                assertThat(reply.problem()).isEqualTo("device-not-chosen");
                assertThat(reply.json().get("fraction")).isEqualTo(fraction);
                assertThat(reply.get("part")).isEqualTo("{seed=halves, from=0.0, to=0.5}");
            }
        }
    }

    @Test
    void asksMembersThatTheSelectorChoosesWhenARoundOpens() {
        Scene scene = scene("{\"sample\": \"charging=yes\"}").members(3);
        TestDevice a = scene.devices.get(0);
        TestDevice b = scene.devices.get(1);
        report(a, "{\"charging\": \"yes\"}");
        report(b, "{\"charging\": \"yes\"}");
        scene.start();
        assertThat(scene.devices)
                .extracting(device -> isAsked(scene, device, -1))
                .containsExactly(true, true, false);

        report(b, "{\"charging\": \"no\"}");
        report(scene.devices.get(2), "{\"charging\": \"yes\"}");
        forget(scene);
        assertThat(scene.devices)
                .extracting(device -> isAsked(scene, device, -1))
                .containsExactly(true, true, false);
        answer(scene, 0, a, b);

        assertThat(scene.devices)
                .extracting(device -> isAsked(scene, device, 0))
                .containsExactly(true, false, true);
        assertThat(scene.record(0).number("sampled")).isEqualTo(2);
        assertThat(b.put(b.stage(1, GRADIENT)).problem()).isEqualTo("round-closed");
    }

    @Test
    void recordsTheMembersThatARoundAsked() {
        Scene scene = scene("{\"sample\": \"charging=yes\"}").members(3);
        report(scene.devices.get(1), "{\"charging\": \"yes\"}");
        scene.start();
        report(scene.devices.get(1), "{}");
        Reply draw = scene.operator.get("/runs/" + scene.run + "/rounds/0/draw");
        assertThat(draw.number("eligible")).isEqualTo(1);
        assertThat(draw.get("asked")).isEqualTo("[1]");
        assertThat(scene.operator.get("/runs/" + scene.run + "/rounds/1/draw").problem())
                .isEqualTo("round-not-found");
    }

    @Test
    void asksNewlyMatchingMembersWhenARoundIsExtended() {
        Scene scene = scene("{\"sample\": \"charging=yes\"}").members(3);
        report(scene.devices.get(0), "{\"charging\": \"yes\"}");
        scene.start();
        report(scene.devices.get(0), "{}");
        report(scene.devices.get(1), "{\"charging\": \"yes\"}");
        clock.advance(Duration.ofMinutes(2));
        Reply task = scene.await(scene.devices.get(1), -1);
        assertThat(task.get("state")).isEqualTo("running");
        assertThat(scene.devices)
                .extracting(device -> isAsked(scene, device, -1))
                .containsExactly(true, true, false);
    }

    @Test
    void dividesTheSampleByAnAttribute() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName() + "-strata", "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "\"sampling\": 0.5, \"devices\": {\"stratifyBy\": \"region\"}")
                .members(12);
        for (int i = 0; i < 12; i++) {
            report(scene.devices.get(i), "{\"region\": \"" + (i < 8 ? "eu" : "us") + "\"}");
        }
        scene.start();
        assertThat(scene.devices.subList(0, 8).stream().filter(device -> isAsked(scene, device, -1)))
                .hasSize(4);
        assertThat(scene.devices.subList(8, 12).stream().filter(device -> isAsked(scene, device, -1)))
                .hasSize(2);
    }

    @Test
    void doesNotStartWhileTooFewMembersMatch() {
        Scene scene = scene("{\"sample\": \"charging=yes\"}").members(2);
        Reply refused = scene.operator.post("/runs/" + scene.run + "/start");
        assertThat(refused.problem()).isEqualTo("too-few-members");
        assertThat(refused.get("detail")).as(refused.toString()).contains("has 0 members that devices.sample chooses");
        assertThat(scene.view().get("state")).isEqualTo("created");
    }
}
