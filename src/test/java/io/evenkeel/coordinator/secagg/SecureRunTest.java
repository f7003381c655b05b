package io.evenkeel.coordinator.secagg;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@CoordinatorTest
class SecureRunTest {

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private CohortScene cohort(String compressor, int min, int max, int rebaseEvery) {
        return new CohortScene(
                new Scene(api.endpoint(), jdbc, Scene.newName(), compressor, FeedbackMethod.EF21),
                compressor,
                min,
                max,
                rebaseEvery);
    }

    @Test
    void aCohortsSumIsThatOfItsMessages() {
        CohortScene cohort = cohort("rand-k:3+float64", 5, 6, 100)
                .create("ef21-norm", 5, "")
                .members(6)
                .start();
        for (int round = 0; round < 3; round++) {
            cohort.round(round);
            double[] expected = new double[Scene.DIMENSION];
            for (CohortDevice device : cohort.devices) {
                for (int j = 0; j < expected.length; j++) {
                    expected[j] += device.memory()[j];
                }
            }
            assertThat(cohort.scene.replica(round + 1).sum()).isEqualTo(expected);
            assertThat(cohort.scene.record(round).number("participants")).isEqualTo(6);
        }
    }
}
