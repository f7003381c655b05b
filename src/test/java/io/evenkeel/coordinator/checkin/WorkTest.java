package io.evenkeel.coordinator.checkin;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.selection.DeviceFraction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Devices check in without knowing a run's name. */
@CoordinatorTest
class WorkTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private WaitingCheckIns waiting;

    /** Creates a run with a priority, since other tests have runs that every device may join. */
    private Scene scene(int priority, String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 5, "\"priority\":" + priority + (more.isEmpty() ? "" : "," + more));
    }

    /** Returns a device that sees only one run, as if enrolled with a token for that run. */
    private TestDevice boundDevice(Scene scene) {
        TestDevice device = scene.device();
        jdbc.update("UPDATE client SET run = ? WHERE id = ?", scene.run, device.client());
        return device;
    }

    private static String joins(String cohort) {
        return "\"devices\":{\"join\":\"cohort=" + cohort + "\"}";
    }

    private static void report(TestDevice device, String cohort) {
        Reply reply =
                device.http().putJson("/clients/me/attributes", "{\"attributes\":{\"cohort\":\"" + cohort + "\"}}");
        assertThat(reply.status()).as(reply.toString()).isEqualTo(204);
    }

    private static Reply checkIn(TestDevice device, int limit) {
        return device.http().get("/work?limit=" + limit);
    }

    private static List<?> work(Reply reply) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        return (List<?>) Objects.requireNonNull(reply.json().get("work"));
    }

    private static List<Object> runs(Reply reply) {
        return work(reply).stream()
                .<Object>map(item -> ((Map<?, ?>) item).get("run"))
                .toList();
    }

    @Test
    void showsAllRunsThatADeviceMayJoinIfItAsksForThem() {
        List<String> mine = IntStream.range(0, 12)
                .mapToObj(i -> scene(500 - i, joins("many")).run)
                .toList();
        TestDevice device = scene(0, joins("none")).device();
        report(device, "many");

        assertThat(runs(checkIn(device, 100))).containsSubsequence(mine);
    }

    @Test
    void leadsANewDeviceToARunAndThenToItsRounds() {
        Scene scene = scene(0, "");
        TestDevice device = boundDevice(scene);
        Reply reply = checkIn(device, 1);
        assertThat(work(reply))
                .isEqualTo(List.of(Map.of("kind", "train", "run", scene.run, "priority", 0, "member", false)));
        assertThat(reply.header("Retry-After")).isEqualTo(reply.get("retryAfter"));

        device.join(1);
        assertThat(checkIn(device, 1).status()).as("before the start").isEqualTo(204);
        scene.start();
        Map<?, ?> first = (Map<?, ?>) work(checkIn(device, 1)).get(0);
        assertThat(first.get("member")).isEqualTo(true);
        assertThat(first.get("round")).isEqualTo(0);
        assertThat(first.get("deadline")).isNotNull();
        device.answer(0, GRADIENT);
        scene.await(device, 0);
        assertThat(((Map<?, ?>) work(checkIn(device, 1)).get(0)).get("round")).isEqualTo(1);
    }

    @Test
    void returnsWhenToCheckInAgainIfThereIsNoWork() {
        Scene scene = scene(0, "").members(1).start();
        TestDevice device = boundDevice(scene);
        device.join(1);
        Reply nothing = checkIn(device, 1);
        assertThat(nothing.status()).as("it takes part from round 1 on").isEqualTo(204);
        assertThat(Integer.parseInt(nothing.header("Retry-After"))).isPositive();
        assertThat(nothing.body()).isEmpty();
    }

    @Test
    void ordersRunsByTheirPriorityWhichCanChange() {
        Scene low = scene(901, joins("order"));
        Scene high = scene(902, joins("order"));
        Scene twin = scene(902, joins("order"));
        TestDevice device = low.device();
        report(device, "order");
        assertThat(runs(checkIn(device, 3))).isEqualTo(List.of(high.run, twin.run, low.run));
        assertThat(runs(checkIn(device, 1))).isEqualTo(List.of(high.run));

        Reply changed = low.operator.patch(
                "/runs/" + low.run,
                "application/merge-patch+json",
                "{\"priority\":903}".getBytes(StandardCharsets.UTF_8));
        assertThat(changed.status()).as(changed.toString()).isEqualTo(200);
        assertThat(runs(checkIn(device, 2))).isEqualTo(List.of(low.run, high.run));
    }

    @Test
    void followsTheAttributesOfTheDevice() {
        Scene here = scene(1000, joins("here"));
        Scene there = scene(1000, joins("there"));
        TestDevice device = here.device();
        report(device, "here");
        assertThat(runs(checkIn(device, 1))).isEqualTo(List.of(here.run));
        here.operator.patch(
                "/clients/" + device.client() + "/labels",
                "application/merge-patch+json",
                "{\"cohort\":\"there\"}".getBytes(StandardCharsets.UTF_8));
        assertThat(runs(checkIn(device, 1))).as("a label counts more").isEqualTo(List.of(there.run));
    }

    @Test
    void dividesTheFleetByParts() {
        Scene lower = scene(1000, "\"devices\":{\"join\":\"cohort=part\",\"part\":{\"seed\":\"s\",\"to\":0.5}}");
        Scene upper = scene(999, "\"devices\":{\"join\":\"cohort=part\",\"part\":{\"seed\":\"s\",\"from\":0.5}}");
        for (int i = 0; i < 10; i++) {
            TestDevice device = lower.device();
            report(device, "part");
            boolean isLower = DeviceFraction.of("s", device.client()) < 0.5;
            assertThat(runs(checkIn(device, 1))).isEqualTo(List.of((isLower ? lower : upper).run));
        }
    }

    @Test
    void keepsAMemberWhoseAttributesHaveChanged() {
        Scene scene = scene(1000, joins("stays"));
        TestDevice device = scene.device();
        report(device, "stays");
        device.join(1);
        report(device, "moved");
        scene.start();
        assertThat(runs(checkIn(device, 1))).isEqualTo(List.of(scene.run));
    }

    @Test
    void offersNoRunThatIsPausedOrOverOrThatTheDeviceHasLeft() {
        Scene scene = scene(0, "").members(1).start();
        TestDevice device = boundDevice(scene);
        assertThat(runs(checkIn(device, 1))).isEqualTo(List.of(scene.run));
        scene.act("pause");
        assertThat(checkIn(device, 1).status()).isEqualTo(204);
        scene.act("resume");
        device.join(1);
        device.leave();
        assertThat(checkIn(device, 1).status()).as("it has left").isEqualTo(204);
        TestDevice other = boundDevice(scene);
        scene.act("cancel");
        assertThat(checkIn(other, 1).status()).isEqualTo(204);
    }

    @Test
    void offersARoundOnlyToMembersThatItSelects() {
        Scene scene = scene(0, "\"sampling\":0.25,\"participants\":{\"min\":1}");
        for (int i = 0; i < 4; i++) {
            boundDevice(scene).join(1);
        }
        scene.start();
        assertThat(scene.devices.stream().filter(device -> checkIn(device, 1).status() == 200))
                .hasSize(1);
    }

    @Test
    void answersAWaitingDeviceOnceItHasWork() {
        String name = Scene.newName();
        TestDevice device = scene(0, "").device();
        jdbc.update("UPDATE client SET run = ? WHERE id = ?", name, device.client());
        CompletableFuture<Reply> toJoin = device.http().later("/work?wait=60s");
        eventually().until(() -> waiting.count() == 1);
        Scene scene = new Scene(api.endpoint(), jdbc, name, "top-k:2", FeedbackMethod.EF21).create("ef21-norm", 5, "");
        assertThat(runs(toJoin.join())).isEqualTo(List.of(name));
        TestDevice member =
                new TestDevice(device.http(), name, device.client(), Scene.DIMENSION, "top-k:2", FeedbackMethod.EF21);
        member.join(1);

        CompletableFuture<Reply> toTrain = device.http().later("/work?wait=60s");
        eventually().until(() -> waiting.count() == 1);
        scene.start();
        assertThat(((Map<?, ?>) work(toTrain.join()).get(0)).get("round")).isEqualTo(0);
        // A waiting device counts until its response has been written.
        eventually().until(() -> waiting.count() == 0);
    }

    @Test
    void endsAWaitAfterItsTimeAndForANewerRequestOfTheDevice() {
        Scene scene = scene(0, "");
        TestDevice device = boundDevice(scene);
        device.join(1);
        CompletableFuture<Reply> older = device.http().later("/work?wait=30s");
        eventually().until(() -> waiting.count() == 1);
        CompletableFuture<Reply> newer = device.http().later("/work?wait=30s");
        assertThat(older.join().status()).isEqualTo(204);
        clock.advance(Duration.ofSeconds(31));
        waiting.work();
        Reply nothing = newer.join();
        assertThat(nothing.status()).isEqualTo(204);
        assertThat(Integer.parseInt(nothing.header("Retry-After"))).isBetween(1, 5);
    }

    @Test
    void refusesInvalidParametersAndOtherCallers() {
        Scene scene = scene(0, "");
        TestDevice device = boundDevice(scene);
        assertThat(checkIn(device, 0).problem()).isEqualTo("malformed");
        assertThat(checkIn(device, 101).problem()).isEqualTo("malformed");
        assertThat(device.http().get("/work?wait=soon").problem()).isEqualTo("malformed");
        assertThat(scene.operator.get("/work").problem()).isEqualTo("forbidden");
    }
}
