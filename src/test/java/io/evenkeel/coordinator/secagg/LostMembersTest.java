package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Devices that lost their state leave and join again while the open round cannot close without them. */
@CoordinatorTest
class LostMembersTest {

    private static final Duration ROUND = Duration.ofSeconds(61);

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    private CohortScene afterOneRound() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "rand-k:3", FeedbackMethod.EF21);
        CohortScene cohort = new CohortScene(scene, "rand-k:3", 3, 10, 2)
                .create("ef21-norm", 20, "")
                .members(4)
                .start();
        cohort.round(0);
        return cohort;
    }

    private static void leaveAndJoin(CohortDevice lost) {
        assertThat(lost.plain().leave().status()).isEqualTo(204);
        assertThat(lost.plain().join(1).status()).isEqualTo(201);
        lost.startAnew();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void takePartInTheOpenRoundThatCannotCloseWithoutThem(int sentKeysBefore) {
        CohortScene cohort = afterOneRound();
        List<CohortDevice> lost = cohort.devices.subList(2, 4);
        cohort.stage(1, device -> true);
        cohort.attemptUntil(Step.KEYS, 0, cohort.devices.subList(0, sentKeysBefore));
        lost.forEach(LostMembersTest::leaveAndJoin);

        CohortDevice kept = cohort.devices.get(0);
        eventually().until(() -> kept.plain().task(-1).number("attempt") > 0);
        assertThat(cohort.scene.view().number("members"))
                .as("each device counts once")
                .isEqualTo(4);
        // The first of the lost devices suffices for a cohort. The other one also takes part if it has joined by then.
        List<CohortDevice> enough = cohort.devices.stream()
                .filter(device -> device.plain().task(0).status() == 200)
                .toList();
        assertThat(enough).hasSizeGreaterThanOrEqualTo(3);
        cohort.stage(1, device -> true);
        cohort.attempt(newest(kept), enough);
        cohort.scene.awaitClosed(1);
        assertThat(enough).allMatch(CohortDevice::settle);
        assertThat(cohort.scene.record(1).number("participants")).isEqualTo(enough.size());
        assertThat(cohort.devices.stream().map(CohortDevice::ordinal)).containsExactly(0, 1, 4, 5);

        // The rebase removes the old contributions of the devices that lost their state.
        cohort.round(2);
        assertThat(cohort.scene.replica(3).sum()).isEqualTo(cohort.expectedSum());
    }

    private static int newest(CohortDevice device) {
        return device.plain().task(-1).number("attempt");
    }

    @Test
    void anOperatorReadsHowManyDevicesAreMissing() {
        CohortScene cohort = afterOneRound();
        cohort.devices
                .subList(2, 4)
                .forEach(lost -> assertThat(lost.plain().leave().status()).isEqualTo(204));
        CohortDevice kept = cohort.devices.get(0);
        clock.advance(ROUND);
        eventually().until(() -> newest(kept) > 0);
        assertThat(cohort.scene.view().get("message"))
                .asString()
                .endsWith("only 0 of at least 3 members sent keys; the run has 2 members: let 1 more join");

        clock.advance(ROUND);
        eventually().until(() -> newest(kept) > 1);
        Object stalled = cohort.scene.view().json().get("stalled");
        assertThat(stalled)
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("reason", "too-few-members")
                .containsEntry(
                        "message",
                        "round 1 needs 3 members, but the run has 2; members that leave it: 2; let 1 more join");
        assertThat(kept.plain().membership().json().get("stalled"))
                .as("a device that asks is told why it waits")
                .isEqualTo(stalled);
    }

    @Test
    void anOperatorReadsThatNoCohortIsFormed() {
        CohortScene cohort = afterOneRound();
        CohortDevice kept = cohort.devices.get(0);
        clock.advance(ROUND);
        eventually().until(() -> newest(kept) > 0);
        clock.advance(ROUND);
        eventually().until(() -> newest(kept) > 1);
        assertThat(cohort.scene.view().json().get("stalled"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("reason", "no-cohort")
                .containsEntry(
                        "message",
                        "round 1 was extended 2 times: only 0 of at least 3 members sent keys; bring the missing"
                                + " devices back, or remove those that will not return");
    }
}
