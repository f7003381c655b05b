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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class RoundClosingTest {

    private static final double[] GRADIENT = {1, -2, 3, -4, 5, -6};

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    @Autowired
    private RoundScheduler heartbeat;

    private Scene scene(String more, int members) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create("ef21-norm", 50, more)
                .members(members)
                .start();
    }

    private void pass(String time) {
        clock.advance(Duration.parse(time));
        heartbeat.tick();
    }

    @Test
    void closesAtTheMaximumNumberOfMessagesAndRefusesTheNext() {
        Scene scene = scene("\"participants\":{\"max\":2},\"time\":{\"min\":\"30s\"}", 3);
        scene.devices.get(0).answer(0, GRADIENT);
        scene.devices.get(1).answer(0, GRADIENT);
        TestDevice late = scene.devices.get(2);
        assertThat(late.put(late.stage(0, GRADIENT)).problem()).isEqualTo("round-closed");
        assertThat(scene.await(late, 0).number("round")).isEqualTo(1);
        assertThat(scene.record(0).number("participants")).isEqualTo(2);
        late.answer(1, GRADIENT);
    }

    @Test
    void closesAtItsDeadlineWithoutTheMissingMembers() {
        Scene scene = scene("\"participants\":{\"min\":2},\"time\":{\"max\":\"60s\"}", 3);
        scene.devices.get(0).answer(0, GRADIENT);
        scene.devices.get(2).answer(0, GRADIENT);
        pass("PT59S");
        assertThat(scene.view().number("round")).isZero();
        pass("PT1S");
        assertThat(scene.view().number("round")).isEqualTo(1);
        assertThat(scene.record(0).get("durationSeconds")).isEqualTo("60.0");
        TestDevice silent = scene.devices.get(1);
        assertThat(silent.put(silent.stage(0, GRADIENT)).problem()).isEqualTo("round-closed");
        // The device's vector, which is still zero here, stays in the sum, and its weight stays in W.
        assertThat(Scene.difference(scene.replica(1).sum(), scene.devices, 1, 1, 1))
                .isLessThan(1e-15);
    }

    @Test
    void isExtendedWithTooFewMessagesAndThenClosesWithEnough() {
        Scene scene = scene("\"participants\":{\"min\":2},\"time\":{\"max\":\"60s\"}", 3);
        scene.devices.get(0).answer(0, GRADIENT);
        pass("PT60S");
        assertThat(scene.view().number("round")).isZero();
        assertThat(scene.view().number("extended")).isEqualTo(1);
        assertThat(scene.view().get("message")).contains("extended 1 time");
        pass("PT60S");
        assertThat(scene.view().number("extended")).isEqualTo(2);
        scene.devices.get(1).answer(0, GRADIENT);
        assertThat(scene.await(scene.devices.get(2), 0).number("round")).isEqualTo(1);
        assertThat(scene.record(0).number("extended")).isEqualTo(2);
        assertThat(scene.view().number("extended")).isZero();
    }

    @Test
    void anExtensionIncludesNewMembers() {
        Scene scene = scene("\"participants\":{\"min\":2},\"time\":{\"max\":\"60s\"}", 2);
        scene.devices.get(0).answer(0, GRADIENT);
        scene.devices.get(1).leave();
        TestDevice joiner = scene.member(1);
        assertThat(joiner.task(-1).status()).isEqualTo(204);
        pass("PT60S");
        assertThat(joiner.task(-1).number("round")).isZero();
        joiner.answer(0, GRADIENT);
        assertThat(scene.await(joiner, 0).number("round")).isEqualTo(1);
    }

    @Test
    void doesNotWaitForLeavingMembers() {
        Scene scene = scene("", 3);
        scene.devices.get(0).answer(0, GRADIENT);
        scene.devices.get(1).answer(0, GRADIENT);
        scene.devices.get(2).leave();
        assertThat(scene.await(scene.devices.get(0), 0).number("round")).isEqualTo(1);
    }

    @Test
    void samplesASeededShareOfTheMembers() {
        Scene scene = scene("\"sampling\":0.5,\"seed\":42", 5);
        Set<Integer> everAsked = new HashSet<>();
        List<Set<Integer>> draws = new ArrayList<>();
        for (int round = 0; round < 6; round++) {
            Set<Integer> asked = new HashSet<>();
            for (int i = 0; i < 5; i++) {
                TestDevice device = scene.devices.get(i);
                if (device.task(round - 1).status() == 200) {
                    asked.add(i);
                } else {
                    assertThat(device.put(device.stage(round, GRADIENT)).problem())
                            .isEqualTo("round-closed");
                }
            }
            assertThat(asked).hasSize(3);
            draws.add(asked);
            everAsked.addAll(asked);
            for (int i : asked) {
                scene.devices.get(i).answer(round, GRADIENT);
            }
            // The last answer closes the round on another thread.
            assertThat(awaitRound(scene, round + 1)).isTrue();
            assertThat(scene.record(round).number("sampled")).isEqualTo(3);
        }
        assertThat(everAsked).hasSize(5);
        assertThat(new HashSet<>(draws)).hasSizeGreaterThan(1);
    }

    private boolean awaitRound(Scene scene, int round) {
        heartbeat.tick();
        return scene.view().number("round") == round;
    }

    @Test
    void addsALateMessageToTheOpenRoundWithinTheStaleness() {
        Scene scene = scene("\"staleness\":1,\"participants\":{\"min\":1},\"time\":{\"max\":\"60s\"}", 2);
        TestDevice quick = scene.devices.get(0);
        TestDevice slow = scene.devices.get(1);
        TestDevice.Sent late = slow.stage(0, GRADIENT);
        quick.answer(0, GRADIENT);
        pass("PT60S");
        Reply receipt = slow.put(late);
        assertThat(receipt.status()).isEqualTo(201);
        assertThat(receipt.number("round")).isZero();
        assertThat(receipt.number("includedIn")).isEqualTo(1);
        slow.commit(late);
        quick.answer(1, GRADIENT);
        assertThat(scene.view().number("round")).isEqualTo(1);
        slow.answer(1, GRADIENT);
        scene.await(quick, 1);
        assertThat(Scene.difference(scene.replica(2).sum(), scene.devices, 1, 1))
                .isLessThan(1e-14);
        assertThat(scene.record(1).number("participants")).isEqualTo(2);

        TestDevice.Sent tooLate = slow.stage(2, GRADIENT);
        for (int round = 2; round < 4; round++) {
            quick.answer(round, GRADIENT);
            pass("PT60S");
        }
        assertThat(slow.put(tooLate).problem()).isEqualTo("round-closed");
        assertThat(slow.put(late).text()).isEqualTo(receipt.text());
    }
}
