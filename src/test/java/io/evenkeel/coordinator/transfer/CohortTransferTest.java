package io.evenkeel.coordinator.transfer;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A run with secure aggregation moves to PostgreSQL in the middle of each step of an attempt, and the cohort continues.
 */
@OnlyInCi
class CohortTransferTest extends TwoCoordinators {

    private static final String COMPRESSOR = "rand-k:3+float64";
    private static final int MEMBERS = 6;

    @Override
    RestartableCoordinator importing(Path folder) {
        return onPostgres();
    }

    @ParameterizedTest
    @EnumSource
    void theCohortContinues(Step moved) {
        Scene scene = new Scene(here.endpoint(), here.jdbc(), Scene.newName(), COMPRESSOR, FeedbackMethod.EF21);
        CohortScene cohort = new CohortScene(scene, COMPRESSOR, MEMBERS, MEMBERS, 100)
                .create("ef21-norm", 5, "")
                .members(MEMBERS)
                .start();
        cohort.round(0);
        cohort.stage(1, device -> true);
        cohort.devices.forEach(device -> device.begin(0));
        for (Step step : Step.values()) {
            List<CohortDevice> rest = cohort.devices;
            if (step == moved) {
                // Three reveals are fewer than the threshold, so the attempt is still in progress.
                CohortScene.take(step, cohort.devices.subList(0, MEMBERS / 2));
                rest = cohort.devices.subList(MEMBERS / 2, MEMBERS);
                byte[] file = export(scene);
                move(scene, file);
                scene.act("resume");
            }
            CohortScene.take(step, rest);
            CohortScene.await(step, cohort.devices);
        }
        for (CohortDevice device : cohort.devices) {
            assertThat(device.settle()).isTrue();
        }
        scene.awaitClosed(1);
        cohort.round(2);

        double[] expected = new double[Scene.DIMENSION];
        for (CohortDevice device : cohort.devices) {
            for (int j = 0; j < expected.length; j++) {
                expected[j] += device.memory()[j];
            }
        }
        assertThat(scene.replica(3).sum()).isEqualTo(expected);
        assertThat(scene.operator.post("/runs/" + scene.run + "/audit").get("agrees"))
                .isEqualTo("true");
    }
}
