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
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.CohortNoise;
import io.evenkeel.core.privacy.DiscreteGaussian;
import io.evenkeel.core.privacy.GaussianMechanism;
import io.evenkeel.core.privacy.NoiseSource;
import io.evenkeel.core.privacy.RenyiAccountant;
import io.evenkeel.core.vector.SplitMix64;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Runs with privacy and secure aggregation, whose devices add shares of the noise to their words. */
@CoordinatorTest
class NoisyCohortTest {

    private static final CohortNoise NOISE =
            CohortNoise.of(GaussianMechanism.parse("clip:1:20"), CohortScene.EXPONENT, 5, 6, 0, Scene.DIMENSION);

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private final double[] drawn = new double[Scene.DIMENSION];

    private CohortScene cohort(String budget) {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity", FeedbackMethod.EF21);
        CohortScene cohort = new CohortScene(scene, "identity", 5, 6, 100)
                .create(
                        "ef21-norm",
                        20,
                        "\"privacy\":{\"normalization\":\"clip\",\"bound\":1,\"noiseMultiplier\":20,\"budget\":{"
                                + budget + "\"delta\":1e-6}}")
                .members(5)
                .start();
        for (int i = 0; i < 5; i++) {
            cohort.devices.get(i).withNoise(NOISE, source(i));
        }
        return cohort;
    }

    private NoiseSource source(long seed) {
        SplitMix64 random = new SplitMix64(seed);
        DiscreteGaussian gaussian = new DiscreteGaussian(bytes -> {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) random.next();
            }
        });
        return (deviation, into) -> {
            gaussian.sample(deviation, into);
            for (int j = 0; j < into.length; j++) {
                drawn[j] += Math.scalb((double) into[j], CohortScene.EXPONENT);
            }
        };
    }

    @Test
    void theSumHasTheNoiseOfAllRoundsAndTheDevicesMemoriesHaveNone() {
        CohortScene cohort = cohort("");
        for (int round = 0; round < 3; round++) {
            cohort.round(round);

            double[] expected = cohort.expectedSum();
            for (int j = 0; j < expected.length; j++) {
                assertThat(Math.abs(cohort.devices.get(0).memory()[j])).isLessThanOrEqualTo(round + 1);
                expected[j] += drawn[j];
            }
            assertThat(drawn).doesNotContain(0);
            assertThat(cohort.scene.replica(round + 1).sum()).isEqualTo(expected);
            Reply record = cohort.scene.record(round);
            assertThat(record.number("participants")).isEqualTo(5);
            assertThat(record.json().get("loss")).isNull();
            assertThat(record.json().get("epsilon")).isEqualTo(RenyiAccountant.epsilon(10, round + 1, 1e-6));
        }
        Map<?, ?> plan = (Map<?, ?>) Objects.requireNonNull(
                cohort.devices.get(0).plain().membership().json().get("plan"));
        assertThat(plan.get("privacy")).isEqualTo(Map.of("by", "device", "mechanism", "clip:1.0:20.0", "delta", 1e-6));
    }

    @Test
    void pausesWhenTheBudgetIsSpentAndRefusesAVectorBeyondIt() {
        CohortScene cohort = cohort("\"epsilon\":" + RenyiAccountant.epsilon(10, 1, 1e-6) + ",");
        cohort.round(0);
        eventually().until(() -> "paused".equals(cohort.scene.view().json().get("state")));
        assertThat(cohort.scene.view().json().get("stopReason")).isEqualTo("privacy-budget");

        cohort.scene.act("resume");
        cohort.stage(1, device -> true);
        cohort.attemptUntil(Step.SHARES, 0, cohort.devices);
        CohortScene.await(Step.SHARES, cohort.devices);
        CohortDevice device = cohort.devices.get(0);
        Reply refused = device.putMasked();
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.toString()).contains("plan-exceeded", "privacy.budget");
    }
}
