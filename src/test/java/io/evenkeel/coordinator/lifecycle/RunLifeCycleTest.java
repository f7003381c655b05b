package io.evenkeel.coordinator.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.round.RoundScheduler;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Http;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class RunLifeCycleTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler heartbeat;

    private Scene scene(String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, more);
    }

    @Test
    void answersACreatedRunWithItsLocationAndDefaults() {
        String name = Scene.newName();
        Reply reply = new Http(api.endpoint(), CoordinatorTest.OPERATOR_TOKEN)
                .postJson(
                        "/runs",
                        "{\"name\":\"" + name + "\",\"dimension\":3,\"algorithm\":\"ef21-norm\",\"rounds\":7,"
                                + "\"time\":{\"max\":\"30s\"}}");

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("Location")).isEqualTo("/api/v1/runs/" + name);
        assertThat(reply.get("state")).isEqualTo("created");
        assertThat(reply.get("compressor")).isEqualTo("top-k:0.01");
        assertThat(reply.get("time")).contains("max=PT30S");
        assertThat(reply.get("members")).isEqualTo("0");
    }

    @Test
    void refusesANameThatIsTaken() {
        Scene scene = scene("");
        Reply reply = scene.operator.postJson(
                "/runs", "{\"name\":\"" + scene.run + "\",\"dimension\":3,\"algorithm\":\"ef21-norm\",\"rounds\":7}");
        assertThat(reply.problem()).isEqualTo("name-taken");
    }

    @Test
    void refusesToStartWithTooFewMembers() {
        Scene scene = scene("\"participants\":{\"min\":3}").members(2);
        Reply reply = scene.operator.post("/runs/" + scene.run + "/start");
        assertThat(reply.problem()).isEqualTo("too-few-members");
        assertThat(reply.number("required")).isEqualTo(3);
        assertThat(scene.view().get("state")).isEqualTo("created");
        scene.member(1);
        assertThat(scene.start().view().get("state")).isEqualTo("running");
    }

    @Test
    void doesNotCountARelayWithoutDevices() {
        for (String choice : List.of("", ",\"devices\":{\"sample\":\"!retired\"}")) {
            Scene scene = scene("\"participants\":{\"min\":2}" + choice).members(2);
            report(scene.devices.get(1), 0);
            Reply reply = scene.operator.post("/runs/" + scene.run + "/start");
            assertThat(reply.problem()).isEqualTo("too-few-members");
            assertThat(reply.get("detail")).contains("1 member", "besides 1 relay without devices");
            assertThat(reply.number("members")).isEqualTo(1);
            assertThat(scene.view().get("state")).isEqualTo("created");
            report(scene.devices.get(1), 3);
            assertThat(scene.start().view().get("state")).isEqualTo("running");
        }
    }

    private static void report(TestDevice relay, int devices) {
        Reply reply = relay.http()
                .putJson(
                        "/clients/me/attributes",
                        "{\"attributes\":{\"kind\":\"relay\",\"relay-devices\":\"" + devices + "\"}}");
        assertThat(reply.status()).isEqualTo(204);
    }

    @Test
    void refusesActionsThatTheStateDoesNotAllow() {
        Scene scene = scene("").members(1);
        assertRefused(scene, "pause", "resume");
        scene.start();
        assertRefused(scene, "start", "resume");
        scene.act("pause");
        assertRefused(scene, "start", "pause");
        scene.act("resume").act("cancel");
        assertRefused(scene, "start", "pause", "resume", "cancel");
        assertThat(scene.device().join(1).problem()).isEqualTo("wrong-state");
        assertThat(scene.devices.get(0).leave().status()).isEqualTo(204);
    }

    private static void assertRefused(Scene scene, String... verbs) {
        for (String verb : verbs) {
            Reply reply = scene.operator.post("/runs/" + scene.run + "/" + verb);
            assertThat(reply.problem()).as(verb).isEqualTo("wrong-state");
        }
    }

    @Test
    void aPausedRunAcceptsMessagesAndClosesAfterResuming() {
        Scene scene = scene("").members(2).start();
        scene.devices.get(0).answer(0, GRADIENT);
        scene.act("pause");
        scene.devices.get(1).answer(0, GRADIENT);
        clock.advance(Duration.ofHours(1));
        heartbeat.tick();

        assertThat(scene.view().number("round")).isZero();
        assertThat(scene.view().number("accepted")).isEqualTo(2);
        assertThat(scene.devices.get(0).task(-1).status()).isEqualTo(204);

        scene.act("resume");
        assertThat(scene.await(scene.devices.get(0), 0).number("round")).isEqualTo(1);
    }

    @Test
    void aCancelledRunAnswersWaitingDevicesAndLaterRequests() {
        Scene scene = scene("").members(1).start();
        CompletableFuture<Reply> waiting = scene.devices.get(0).waitForTask(0);
        scene.act("cancel");
        assertThat(waiting.join().get("state")).isEqualTo("cancelled");
        assertThat(scene.devices.get(0).task(7).get("state")).isEqualTo("cancelled");
        TestDevice device = scene.devices.get(0);
        assertThat(device.put(device.stage(0, GRADIENT)).problem()).isEqualTo("round-closed");
        assertThat(device.model(0)).containsOnly(0);
    }

    @Test
    void failsBeforeTheModelBecomesInfinite() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity+float64", FeedbackMethod.NONE)
                .create("gd", 10, "\"gamma\":\"constant:1e300\"")
                .members(1)
                .start();
        TestDevice device = scene.devices.get(0);
        device.answer(0, new double[] {1, 1, 1, 1, 1, 1});
        scene.await(device, 0);
        double[] good = device.model(1);
        device.answer(1, new double[] {1e90, 1, 1, 1, 1, 1});

        assertThat(scene.await(device, 1).get("state")).isEqualTo("failed");
        assertThat(scene.view().get("message")).contains("round 1 diverged");
        assertThat(scene.view().number("round")).isEqualTo(1);
        assertThat(device.model(1)).isEqualTo(good);
        assertThat(scene.record(1).problem()).isEqualTo("round-not-found");
    }

    @Test
    void aZeroDirectionTakesNoStepAndIsReported() {
        Scene scene = scene("").members(1).start();
        TestDevice device = scene.devices.get(0);
        device.answer(0, new double[Scene.DIMENSION]);
        scene.await(device, 0);

        assertThat(scene.record(0).get("stationary")).isEqualTo("true");
        assertThat(scene.view().get("stationary")).isEqualTo("true");
        assertThat(device.model(1)).containsOnly(0);
        device.answer(1, GRADIENT);
        scene.await(device, 1);
        assertThat(scene.view().get("stationary")).isEqualTo("false");
    }
}
