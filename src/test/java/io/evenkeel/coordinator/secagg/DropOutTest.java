package io.evenkeel.coordinator.secagg;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Members of a cohort drop out in each step. */
@CoordinatorTest
class DropOutTest {

    private static final Duration STEP = Duration.ofSeconds(31);
    private static final Duration ROUND = Duration.ofSeconds(61);

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private TurnedClock clock;

    private CohortScene started(int members) {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "rand-k:3", FeedbackMethod.EF21);
        return new CohortScene(scene, "rand-k:3", 5, 10, 100)
                .create("ef21-norm", 20, "")
                .members(members)
                .start();
    }

    @ParameterizedTest
    @EnumSource(Step.class)
    void survivesADropOutInEachStep(Step dropped) {
        CohortScene cohort = started(10);
        cohort.round(0);
        cohort.stage(1, device -> device.ordinal() % 2 == 0);
        cohort.devices.forEach(device -> device.begin(0));
        List<CohortDevice> left = cohort.devices;
        for (Step next : Step.values()) {
            if (next == dropped) {
                left = left.subList(0, 9);
                CohortScene.take(next, left);
                // The last step ends with enough reveals.
                if (next != Step.REVEALS) {
                    clock.advance(next == Step.KEYS ? ROUND : STEP);
                }
            } else {
                CohortScene.take(next, left);
            }
            CohortScene.await(next, left);
        }
        cohort.scene.awaitClosed(1);
        int included = dropped == Step.REVEALS ? 10 : 9;
        assertThat(cohort.devices.stream().filter(CohortDevice::settle).count()).isEqualTo(included);
        assertThat(cohort.scene.replica(2).sum()).isEqualTo(cohort.expectedSum());
        assertThat(cohort.scene.record(1).number("participants")).isEqualTo(included);
        assertThat(cohort.scene.record(1).number("extended")).isZero();

        cohort.round(2);
        assertThat(cohort.scene.replica(3).sum()).isEqualTo(cohort.expectedSum());
    }

    @Test
    void withTooFewMembersTheNextAttemptUsesTheSameMessages() {
        Step dropped = Step.MASKED;
        CohortScene cohort = started(6);
        cohort.stage(0, device -> true);
        cohort.devices.forEach(device -> device.begin(0));
        for (Step next : Step.values()) {
            if (next == dropped) {
                CohortScene.take(next, cohort.devices.subList(0, 4));
                clock.advance(STEP);
                break;
            }
            CohortScene.take(next, cohort.devices);
            CohortScene.await(next, cohort.devices);
        }
        CohortDevice device = cohort.devices.get(0);
        eventually().until(() -> dropped.receive(device).status() == 409);
        Reply closed = dropped.receive(device);
        assertThat(closed.problem()).isEqualTo("attempt-closed");
        assertThat(closed.number("openRound")).isZero();
        assertThat(closed.number("openAttempt")).isEqualTo(1);
        assertThat(closed.get("phase")).isEqualTo("keys");
        assertThat(device.plain().task(-1).number("attempt")).isEqualTo(1);
        assertThat(device.outcome().status()).as("undecided").isEqualTo(204);
        assertThat(cohort.attempts(jdbc).get(0)).containsEntry("PHASE", "FAILED");
        assertNothingIsHeld(cohort);

        cohort.attempt(1, cohort.devices);

        cohort.scene.awaitClosed(0);
        assertThat(cohort.devices.stream().allMatch(CohortDevice::settle)).isTrue();
        assertThat(cohort.scene.replica(1).sum()).isEqualTo(cohort.expectedSum());
        assertThat(cohort.scene.record(0).number("extended")).isEqualTo(1);
    }

    @Test
    void tooFewRevealsEndTheRoundWithoutAMessage() {
        CohortScene cohort = started(6);
        cohort.round(0);
        cohort.stage(1, device -> true);
        cohort.attemptUntil(Step.MASKED, 0, cohort.devices);
        CohortScene.await(Step.MASKED, cohort.devices);
        CohortScene.take(Step.REVEALS, cohort.devices.subList(0, 2));
        clock.advance(STEP);
        clock.advance(STEP);

        cohort.scene.awaitClosed(1);
        assertThat(cohort.devices.stream().noneMatch(CohortDevice::settle)).isTrue();
        assertThat(cohort.scene.record(1).number("participants")).isZero();
        assertThat(cohort.scene.replica(2).sum()).isEqualTo(cohort.expectedSum());
        assertThat(cohort.attempts(jdbc).get(1).get("REASON")).asString().contains("2 of 6 members revealed");
        assertNothingIsHeld(cohort);
        cohort.round(2);
        assertThat(cohort.scene.replica(3).sum()).isEqualTo(cohort.expectedSum());
    }

    private void assertNothingIsHeld(CohortScene cohort) {
        assertThat(jdbc.queryForObject(
                        "SELECT COUNT(*) FROM secagg_member t JOIN secagg_attempt a ON a.id = t.attempt_id"
                                + " JOIN run r ON r.id = a.run_id WHERE r.name = ?",
                        Integer.class,
                        cohort.scene.run))
                .isZero();
    }
}
