package io.evenkeel.coordinator.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A coordinator that restarts between the steps of an attempt continues the attempt. The sum includes a cohort
 * completely or not at all.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OnlyInCi
class CohortRestartTest {

    private RestartableCoordinator coordinator;

    @BeforeAll
    void start(@TempDir Path folder) {
        coordinator = start(folder, "--evenkeel.rounds.checkpoint-every=3");
    }

    RestartableCoordinator start(Path folder, String... settings) {
        return new RestartableCoordinator(folder, settings);
    }

    @AfterAll
    void stop() {
        coordinator.close();
    }

    private CohortScene cohort() {
        Scene scene =
                new Scene(coordinator.endpoint(), coordinator.jdbc(), Scene.newName(), "rand-k:3", FeedbackMethod.EF21);
        return new CohortScene(scene, "rand-k:3", 5, 6, 3)
                .create("ef21-norm", 9, "")
                .members(6)
                .start();
    }

    private void restart(CohortScene cohort) {
        coordinator.restart();
        cohort.scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
    }

    @Test
    void aRestartInEachStepChangesNothing() {
        CohortScene cohort = cohort();
        cohort.round(0);
        int round = 0;
        for (Step step : Step.values()) {
            round++;
            cohort.stage(round, device -> true);
            cohort.devices.forEach(device -> device.begin(0));
            for (Step next : Step.values()) {
                if (next == step) {
                    // In the last step, two reveals are not enough.
                    List<CohortDevice> first = cohort.devices.subList(0, 2);
                    if (next == Step.REVEALS) {
                        cohort.devices.forEach(CohortDevice::prepareReveal);
                        first.forEach(device ->
                                assertThat(device.putReveal().status()).isEqualTo(204));
                    } else {
                        CohortScene.take(next, first);
                    }
                    restart(cohort);
                    cohort.devices.forEach(
                            device -> assertThat(step.put(device).status()).isEqualTo(204));
                } else {
                    CohortScene.take(next, cohort.devices);
                }
                CohortScene.await(next, cohort.devices);
            }
            cohort.scene.awaitClosed(round);
            assertThat(cohort.devices.stream().allMatch(CohortDevice::settle)).isTrue();
            assertThat(cohort.scene.replica(round + 1).sum()).isEqualTo(cohort.expectedSum());
            assertThat(cohort.scene.record(round).number("participants")).isEqualTo(6);
        }
        restart(cohort);
        assertThat(cohort.devices.get(0).outcome().json().get("included")).isEqualTo(true);
        assertThat(cohort.scene.replica(5).sum()).isEqualTo(cohort.expectedSum());
    }

    @Test
    void aKillBetweenInclusionAndClosingDoesNotChangeTheBits() {
        CohortScene disturbed = cohort();
        CohortScene undisturbed = cohort();
        List<CohortScene> both = List.of(disturbed, undisturbed);
        both.forEach(cohort -> cohort.round(0));
        double[] before = disturbed.scene.replica(1).sum();
        for (CohortScene cohort : both) {
            cohort.stage(1, device -> true);
            cohort.attemptUntil(Step.MASKED, 0, cohort.devices);
            CohortScene.await(Step.MASKED, cohort.devices);
        }
        undisturbed.devices.forEach(CohortDevice::prepareReveal);
        undisturbed.devices.forEach(CohortDevice::putReveal);
        undisturbed.scene.awaitClosed(1);
        // Simulates a kill right after the inclusion, which leaves a frozen round with its sum: the round closes, and
        // then its records are deleted.
        disturbed.devices.forEach(CohortDevice::prepareReveal);
        disturbed.devices.forEach(CohortDevice::putReveal);
        disturbed.scene.awaitClosed(1);
        Long run =
                coordinator.jdbc().queryForObject("SELECT id FROM run WHERE name = ?", Long.class, disturbed.scene.run);
        coordinator.jdbc().update("DELETE FROM round_update WHERE run_id = ? AND round_number = 1", run);
        coordinator.jdbc().update("DELETE FROM round_record WHERE run_id = ? AND round_number = 1", run);
        coordinator.jdbc().update("DELETE FROM run_chain WHERE run_id = ? AND covers = 'ROUND' AND number = 1", run);
        coordinator
                .jdbc()
                .update(
                        "UPDATE run SET round_number = 1, closing = TRUE, accepted = 6, extended = 0 WHERE id = ?",
                        run);
        restart(disturbed);
        undisturbed.scene.moveTo(coordinator.endpoint(), coordinator.jdbc());
        disturbed.scene.awaitClosed(1);

        assertThat(disturbed.devices.stream().allMatch(CohortDevice::settle)).isTrue();
        assertThat(disturbed.scene.replica(2).sum()).isNotEqualTo(before).isEqualTo(disturbed.expectedSum());
        assertThat(disturbed.scene.record(1).number("participants")).isEqualTo(6);
    }
}
