package io.evenkeel.coordinator.task;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class WaitingDevicesTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler heartbeat;

    @Autowired
    private WaitingDevices waiting;

    private Scene scene(int members) {
        return scene(members, "");
    }

    private Scene scene(int members, String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 3, more)
                .members(members);
    }

    @Test
    void waitForTheStartWithoutAThread() {
        int devices = 300; // more than the web server's threads
        Scene scene = scene(devices);
        List<CompletableFuture<Reply>> answers = new ArrayList<>();
        for (TestDevice device : scene.devices) {
            answers.add(device.waitForTask(-1));
        }
        eventually().until(() -> waiting.count() == devices);
        scene.start();
        for (CompletableFuture<Reply> answer : answers) {
            Reply task = answer.join();
            assertThat(task.number("round")).isZero();
            assertThat(task.number("denseBytes")).isEqualTo(4 * Scene.DIMENSION);
        }
    }

    @Test
    void eachDeviceTakesOnePlace() {
        Scene scene = scene(2);
        TestDevice device = scene.devices.get(0);
        CompletableFuture<Reply> other = scene.devices.get(1).waitForTask(-1);
        CompletableFuture<Reply> older = device.waitForTask(-1);
        for (int i = 0; i < 5; i++) {
            CompletableFuture<Reply> newer = device.waitForTask(-1);
            // The coordinator answers the earlier of the two requests.
            CompletableFuture.anyOf(older, newer).join();
            older = older.isDone() ? newer : older;
        }
        assertThat(waiting.count()).isLessThanOrEqualTo(2);
        scene.start();
        assertThat(older.join().status()).isEqualTo(200);
        assertThat(other.join().status()).isEqualTo(200);
    }

    @Test
    void getARetryAfterWhenTheyTimeOut() {
        Scene scene = scene(1);
        CompletableFuture<Reply> answer = scene.devices.get(0).waitForTask(-1);
        eventually().until(() -> waiting.count() == 1);
        clock.advance(TestDevice.LONGER_THAN_ANYBODY_WAITS);
        heartbeat.tick();
        Reply nothing = answer.join();
        assertThat(nothing.status()).isEqualTo(204);
        assertThat(Integer.parseInt(nothing.header("Retry-After"))).isBetween(1, 5);
    }

    @Test
    void getTheirTaskAtOnceIfThereIsOne() {
        Scene scene = scene(2).start();
        TestDevice device = scene.devices.get(0);
        Reply task = device.task(-1);
        assertThat(task.number("round")).isZero();
        assertThat(task.get("state")).isEqualTo("running");
        assertThat(task.json().get("updateBytes")).isNull();
        device.answer(0, GRADIENT);
        assertThat(device.task(-1).status()).as("it has answered").isEqualTo(204);
        assertThat(scene.devices.get(1).task(0).status())
                .as("after the open round")
                .isEqualTo(204);
    }

    @Test
    void areCheckedForLostMessagesOnceInTenMinutes() {
        Scene scene = scene(2, "\"time\":{\"max\":\"PT2H\"}").start();
        TestDevice device = scene.devices.get(0);
        device.answer(0, GRADIENT);
        String path = "/runs/" + scene.run + "/task?wait=60s&after=0&sequence=1";
        CompletableFuture<Reply> first = device.http().later(path);
        eventually().until(() -> waiting.count() == 1);
        heartbeat.tick();
        jdbc.update(
                "UPDATE member_chain SET sequence = 0 WHERE member_id IN (SELECT m.id FROM member m JOIN run r ON r.id ="
                        + " m.run_id WHERE r.name = ?)",
                scene.run);
        CompletableFuture<Reply> second = device.http().later(path);
        first.join();
        heartbeat.tick();
        clock.advance(TestDevice.LONGER_THAN_ANYBODY_WAITS);
        heartbeat.tick();
        assertThat(second.join().status()).isEqualTo(204);

        clock.advance(Duration.ofMinutes(10));
        assertThat(device.http().get(path).problem()).isEqualTo("history-lost");
    }

    @Test
    void getTheSizeOfTheUpdateOfTheirReplica() {
        Scene scene = scene(1).start();
        TestDevice device = scene.devices.get(0);
        for (int round = 0; round < 2; round++) {
            device.answer(round, GRADIENT);
            scene.await(device, round);
        }
        Reply task = device.http().get("/runs/" + scene.run + "/task?replica=0");
        Reply update = device.http().get("/runs/" + scene.run + "/rounds/2/update?since=0");
        assertThat(task.number("updateBytes")).isEqualTo(update.body().length);
        assertThat(device.http()
                        .get("/runs/" + scene.run + "/task?replica=3")
                        .json()
                        .get("updateBytes"))
                .isNull();
    }

    @Test
    void areRefusedWithInvalidParameters() {
        Scene scene = scene(1);
        TestDevice stranger = scene.device();
        assertThat(stranger.task(-1).problem()).isEqualTo("member-not-found");
        Http http = scene.devices.get(0).http();
        assertThat(http.get("/runs/none/task").problem()).isEqualTo("run-not-found");
        assertThat(http.get("/runs/" + scene.run + "/task?wait=soon").problem()).isEqualTo("malformed");
        assertThat(http.get("/runs/" + scene.run + "/task?after=x").problem()).isEqualTo("malformed");
    }
}
