package io.evenkeel.coordinator.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.compress.CompressedVector;
import io.evenkeel.core.compress.Support;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameCodec;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.wire.Digest;
import jakarta.persistence.EntityManagerFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.hibernate.SessionFactory;
import org.hibernate.stat.Statistics;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** After every change, S is the sum of w_i g_i over the members, computed from their messages. */
@CoordinatorTest
class MembershipChangeTest {

    private static final double EXACT = 1e-14;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private EntityManagerFactory entities;

    private final Random random = new Random(7);

    private Scene scene(int members) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 20, "")
                .members(members);
    }

    private double[] gradient() {
        return random.doubles(Scene.DIMENSION, -1, 1).toArray();
    }

    /** Answers a round with the given devices, and waits until it closes. */
    private void round(Scene scene, int round, List<TestDevice> devices) {
        devices.forEach(device -> device.answer(round, gradient()));
        scene.await(devices.get(0), round);
    }

    @Test
    void aNewMemberTakesPartFromTheNextRoundOn() {
        Scene scene = scene(2).start();
        TestDevice joiner = scene.member(3);
        assertThat(joiner.task(-1).status()).isEqualTo(204);
        assertThat(joiner.put(joiner.stage(0, gradient())).problem()).isEqualTo("round-closed");
        round(scene, 0, scene.devices.subList(0, 2));
        assertThat(scene.record(0).number("members")).isEqualTo(2);

        assertThat(joiner.task(-1).number("round")).isEqualTo(1);
        round(scene, 1, scene.devices);
        assertThat(scene.record(1).number("members")).isEqualTo(3);
        assertThat(Scene.difference(scene.replica(2).sum(), scene.devices, 1, 1, 3))
                .isLessThan(EXACT);
    }

    @Test
    void theVectorOfALeavingMemberIsSubtractedWhenTheRoundCloses() {
        Scene scene = scene(3).start();
        round(scene, 0, scene.devices);
        TestDevice leaver = scene.devices.get(1);
        leaver.answer(1, gradient());
        assertThat(leaver.leave().status()).isEqualTo(204);
        List<TestDevice> others = List.of(scene.devices.get(0), scene.devices.get(2));
        round(scene, 1, others);

        assertThat(scene.record(1).number("participants")).isEqualTo(3);
        assertThat(Scene.difference(scene.replica(2).sum(), others, 1, 1)).isLessThan(EXACT);
        assertThat(leaver.task(1).problem()).isEqualTo("member-not-found");
        assertThat(leaver.put(leaver.stage(2, gradient())).problem()).isEqualTo("member-not-found");
        assertThat(scene.view().number("members")).isEqualTo(2);
    }

    @Test
    void aMemberThatLeftLearnsHowTheRunEnded() {
        Scene scene = scene(2).start();
        TestDevice leaver = scene.devices.get(1);
        leaver.leave();
        round(scene, 0, List.of(scene.devices.get(0)));
        scene.operator.post("/runs/" + scene.run + "/cancel");

        assertThat(leaver.task(0).get("state")).isEqualTo("cancelled");
        assertThat(scene.device().task(0).problem()).isEqualTo("member-not-found");
    }

    @Test
    void theOperatorRemovesAMemberInTheSameWay() {
        Scene scene = scene(2).start();
        round(scene, 0, scene.devices);
        TestDevice removed = scene.devices.get(0);
        String path = "/runs/" + scene.run + "/members/" + removed.client();
        assertThat(scene.operator.delete(path).status()).isEqualTo(204);
        TestDevice stays = scene.devices.get(1);
        round(scene, 1, List.of(stays));

        assertThat(Scene.difference(scene.replicaBy(stays, 2).sum(), List.of(stays), 1))
                .isLessThan(EXACT);
        assertThat(scene.operator.delete(path).problem()).isEqualTo("member-not-found");
        assertThat(scene.operator.get("/runs/" + scene.run + "/members").text())
                .contains(stays.client())
                .doesNotContain(removed.client());
    }

    @Test
    void theMemberListHasNamesAndWhenDevicesWereSeen() {
        Scene scene = scene(2);
        jdbc.update(
                "UPDATE client SET name = 'pump 7' WHERE id = ?",
                scene.devices.get(0).client());
        Reply seen = scene.operator.get("/clients/" + scene.devices.get(0).client());

        List<Map<String, Object>> members =
                scene.operator.get("/runs/" + scene.run + "/members").jsonList();
        assertThat(members).extracting(member -> member.get("name")).containsExactly("pump 7", null);
        assertThat(members)
                .extracting(member -> member.get("lastSeenAt"))
                .containsExactly(seen.get("lastSeenAt"), seen.get("lastSeenAt"));
        assertThat(seen.get("lastSeenAt")).startsWith("20");
    }

    @Test
    void theMemberListTakesTheSameNumberOfQueriesForAnyNumberOfMembers() {
        Scene scene = scene(40);
        Statistics statistics = entities.unwrap(SessionFactory.class).getStatistics();
        statistics.setStatisticsEnabled(true);
        // Background work adds queries to some of the requests.
        long least = IntStream.range(0, 5)
                .mapToLong(i -> {
                    long before = statistics.getPrepareStatementCount();
                    assertThat(scene.operator
                                    .get("/runs/" + scene.run + "/members")
                                    .jsonList())
                            .hasSize(40);
                    return statistics.getPrepareStatementCount() - before;
                })
                .min()
                .orElseThrow();
        assertThat(least).isBetween(1L, 20L);
    }

    @Test
    void theSumIsExactlyZeroWhenAllMembersHaveLeft() {
        Scene scene = scene(2).start();
        round(scene, 0, scene.devices);
        TestDevice joiner = scene.member(1);
        TestDevice first = scene.devices.get(0);
        first.answer(1, gradient());
        first.leave();
        scene.devices.get(1).leave();
        assertThat(scene.await(joiner, 1).number("round")).isEqualTo(2);

        assertThat(scene.replicaBy(joiner, 2).sum()).containsOnly(0);
        assertThat(joiner.model(2)).isEqualTo(joiner.model(1));
        assertThat(scene.record(1).get("stationary")).isEqualTo("true");
    }

    @Test
    void aNewWeightAppliesFromTheCloseOfTheRound() {
        Scene scene = scene(2).start();
        round(scene, 0, scene.devices);
        TestDevice heavier = scene.devices.get(1);
        heavier.answer(1, gradient());
        Reply joined = heavier.join(4.5);
        assertThat(joined.status()).isEqualTo(200);
        assertThat(joined.get("weight")).isEqualTo("4.5");
        assertThat(joined.number("sequence")).isEqualTo(2);
        round(scene, 1, List.of(scene.devices.get(0)));

        assertThat(Scene.difference(scene.replica(2).sum(), scene.devices, 1, 4.5))
                .isLessThan(EXACT);
        round(scene, 2, scene.devices);
        assertThat(Scene.difference(scene.replica(3).sum(), scene.devices, 1, 4.5))
                .isLessThan(EXACT);
    }

    @Test
    void joiningTwiceHasTheEffectOfJoiningOnce() {
        Scene scene = scene(1);
        TestDevice device = scene.devices.get(0);
        Reply again = device.join(1);
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.number("ordinal")).isZero();
        assertThat(scene.view().number("members")).isEqualTo(1);
        // The last weight exceeds 1e7, the maximum if the run's definition sets none.
        for (String weight : List.of("0", "-1", "1e13", "1e9")) {
            Reply reply = device.http().putJson("/runs/" + scene.run + "/members/me", "{\"weight\":" + weight + "}");
            assertThat(reply.problem()).isEqualTo("invalid");
            assertThat(reply.get("field")).isEqualTo("weight");
        }
    }

    @Test
    void aMemberThatLeavesBeforeTheStartMayJoinAgain() {
        Scene scene = scene(2);
        TestDevice device = scene.devices.get(0);
        device.leave();
        assertThat(scene.view().number("members")).isEqualTo(1);
        assertThat(device.leave().problem()).isEqualTo("member-not-found");
        assertThat(device.join(2).status()).isEqualTo(201);
        scene.start();
        assertThat(device.task(-1).number("round")).isZero();
    }

    @Test
    void aMemberThatReturnsAfterTheCloseStartsFromZeroAndItsOldMessagesStay() {
        Scene scene = scene(2).start();
        TestDevice returning = scene.devices.get(0);
        TestDevice other = scene.devices.get(1);
        TestDevice.Sent old = returning.stage(0, gradient());
        Reply receipt = returning.put(old);
        returning.commit(old);
        other.answer(0, gradient());
        scene.await(other, 0);
        returning.leave();
        round(scene, 1, List.of(other));

        Reply joined = returning.join(1);
        assertThat(joined.status()).isEqualTo(201);
        assertThat(joined.number("sequence")).isZero();
        assertThat(joined.number("ordinal")).isEqualTo(2);
        round(scene, 2, List.of(other));
        assertThat(returning.put(returning.stage(3, gradient())).problem()).isEqualTo("state-diverged");
        assertThat(returning.put(old).text()).isEqualTo(receipt.text());
        assertThat(state(scene, returning).toDense()).containsOnly(0);
    }

    @Test
    void aMemberThatReturnsBeforeTheCloseStartsFromZeroToo() {
        Scene scene = scene(2).start();
        round(scene, 0, scene.devices);
        TestDevice device = scene.devices.get(0);
        TestDevice other = scene.devices.get(1);
        device.leave();
        Reply joined = device.join(1);
        assertThat(joined.status()).isEqualTo(201);
        assertThat(joined.number("sequence")).isZero();
        assertThat(joined.number("activeFrom")).isEqualTo(2);
        assertThat(scene.view().number("members")).isEqualTo(2);
        round(scene, 1, List.of(other));
        assertThat(Scene.difference(scene.replicaBy(other, 2).sum(), List.of(other), 1))
                .isLessThan(EXACT);
    }

    @Test
    void aMemberThatHasLeftLearnsItWhileTheRoundIsOpen() {
        Scene scene = scene(2).start();
        round(scene, 0, scene.devices);
        TestDevice device = scene.devices.get(0);
        device.answer(1, gradient());
        device.leave();
        assertThat(device.task(1).problem()).isEqualTo("member-not-found");
        assertThat(device.leave().problem()).isEqualTo("member-not-found");
        assertThat(device.http().get("/runs/" + scene.run + "/members/me").problem())
                .isEqualTo("member-not-found");
    }

    @Test
    void aLateCopyOfALeaveDoesNotEndALaterMembership() {
        Scene scene = scene(2).start();
        TestDevice device = scene.devices.get(0);
        String path = "/runs/" + scene.run + "/members/me?ordinal=";
        assertThat(device.http().delete(path + 0).status()).isEqualTo(204);
        assertThat(device.join(1).number("ordinal")).isEqualTo(2);

        Reply late = device.http().delete(path + 0);
        assertThat(late.problem()).isEqualTo("member-not-found");
        assertThat(late.number("ordinal")).isEqualTo(2);
        assertThat(late.get("detail")).contains("ordinal: is 0, but client");
        round(scene, 0, List.of(scene.devices.get(1)));
        assertThat(device.task(-1).number("round")).isEqualTo(1);
        assertThat(device.http().delete(path + 2).status()).isEqualTo(204);
    }

    @Test
    void returnsItsVectorToADeviceThatLostItsDisk() {
        Scene scene = scene(2).start();
        round(scene, 0, scene.devices);
        TestDevice device = scene.devices.get(0);
        device.answer(1, gradient());

        Reply reply = device.http().get("/runs/" + scene.run + "/members/me/state");
        assertThat(reply.header("Evenkeel-Sequence")).isEqualTo("2");
        assertThat(reply.header("Evenkeel-Head")).isEqualTo(Digest.toHex(device.head()));
        assertThat(state(scene, device).toDense()).isEqualTo(device.memory());
    }

    /** The frame omits the zeros of one device, and contains every value of the other. */
    @Test
    void returnsTheSameBitsWithoutAFrame() {
        Scene scene = scene(2).start();
        TestDevice sparse = scene.devices.get(0);
        TestDevice full = scene.devices.get(1);
        double[] gradient = gradient();
        for (int round = 0; round < 3; round++) {
            sparse.answer(round, new double[] {0, 1.5, 0, -2, 0, 0});
            full.answer(round, gradient);
            scene.await(full, round);
        }

        for (TestDevice device : scene.devices) {
            Reply dense = stateAs(scene, device, "application/octet-stream");
            assertThat(dense.header("Content-Type")).isEqualTo("application/octet-stream");
            assertThat(dense.header("Evenkeel-Sequence")).isEqualTo("3");
            assertThat(dense.header("Evenkeel-Head")).isEqualTo(Digest.toHex(device.head()));
            assertThat(state(scene, device).toDense()).isEqualTo(device.memory());
            ByteBuffer bytes = ByteBuffer.allocate(8 * Scene.DIMENSION).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asDoubleBuffer().put(device.memory());
            assertThat(dense.body()).isEqualTo(bytes.array());
        }
        assertThat(state(scene, sparse).support()).isInstanceOf(Support.Listed.class);
        assertThat(state(scene, full).support()).isInstanceOf(Support.All.class);
    }

    @Test
    void returnsTheFormThatTheDevicePrefers() {
        Scene scene = scene(1);
        TestDevice device = scene.devices.get(0);
        String frame = "application/vnd.evenkeel.frame";
        String dense = "application/octet-stream";
        Map<String, String> preferred = Map.of(
                "*/*",
                frame,
                "application/*",
                frame,
                frame + ", " + dense,
                frame,
                dense + ", */*;q=0.1",
                dense,
                frame + ";q=0.5, " + dense,
                dense);
        preferred.forEach(
                (accept, type) -> assertThat(stateAs(scene, device, accept).header("Content-Type"))
                        .as(accept)
                        .isEqualTo(type));
        Reply refused = stateAs(scene, device, "application/json");
        assertThat(refused.problem()).isEqualTo("not-acceptable");
        assertThat(refused.get("detail")).contains(frame, dense);
    }

    private static Reply stateAs(Scene scene, TestDevice device, String accept) {
        return device.http().get("/runs/" + scene.run + "/members/me/state", "Accept", accept);
    }

    private static CompressedVector state(Scene scene, TestDevice device) {
        byte[] frame =
                device.http().get("/runs/" + scene.run + "/members/me/state").body();
        return FrameCodec.decode(frame, 0, frame.length, FrameLimits.of(Scene.DIMENSION));
    }
}
