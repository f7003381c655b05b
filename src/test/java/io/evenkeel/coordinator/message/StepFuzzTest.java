package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.CohortDevice;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.CohortScene.Step;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.web.context.WebApplicationContext;

/**
 * In each step of secure aggregation, one device sends damaged frames. The coordinator refuses them, and the sum is
 * exact.
 */
@UnlimitedCoordinator
class StepFuzzTest {

    private static final int INPUTS =
            Boolean.getBoolean("evenkeel.test.full") ? 100 : Boolean.getBoolean("evenkeel.test.ci") ? 50 : 12;
    private static final Map<Step, String> PATHS =
            Map.of(Step.KEYS, "keys", Step.SHARES, "shares", Step.MASKED, "masked", Step.REVEALS, "reveals");

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    @Autowired
    private WebApplicationContext web;

    private CohortScene started() {
        Scene scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "identity", FeedbackMethod.EF21);
        CohortScene cohort = new CohortScene(scene, "identity", 5, 6, 100)
                .create("ef21-norm", 9, "")
                .members(6)
                .start();
        cohort.stage(0, device -> true);
        return cohort;
    }

    private static void prepare(Step step, CohortDevice device) {
        switch (step) {
            case KEYS -> {} // begin() has created them
            case SHARES -> device.prepareShares();
            case MASKED -> device.prepareMasked();
            case REVEALS -> device.prepareReveal();
        }
    }

    private static byte[] frame(Step step, CohortDevice device) {
        return switch (step) {
            case KEYS -> device.keysFrame();
            case SHARES -> device.sharesFrame();
            case MASKED -> device.maskedFrame();
            case REVEALS -> device.revealFrame();
        };
    }

    /** Returns a damaged frame that differs from the valid one, although changes can cancel each other out. */
    private static byte[] damaged(Mutator mutator, List<byte[]> valid) {
        byte[] damaged = mutator.mutate(valid);
        while (Arrays.equals(damaged, valid.get(0))) {
            damaged = mutator.mutate(valid);
        }
        return damaged;
    }

    /** Sends damaged frames from a device; returns the statuses of the responses. */
    private Set<Integer> attack(CohortScene cohort, CohortDevice hostile, Step step, int inputs) {
        FuzzEndpoint endpoint = new FuzzEndpoint(
                HttpMethod.PUT,
                "/api/v1" + hostile.path(PATHS.get(step)),
                Map.of(),
                cohort.scene.secretOf(hostile.plain()),
                CohortDevice.FRAME,
                List.of(frame(step, hostile)),
                (random, valid) -> damaged(new Mutator(random), valid));
        Fuzzer fuzzer = new Fuzzer(web, () -> cohort.fingerprint(jdbc));
        SplittableRandom random = new SplittableRandom(hostile.ordinal());
        fuzzer.send(random, inputs, List.of(endpoint), FuzzEndpoint::damagedBody);
        return fuzzer.statuses();
    }

    /**
     * The coordinator accepts a damaged frame if only other devices can detect the damage, as in shares and masked
     * vectors.
     */
    @ParameterizedTest
    @EnumSource(Step.class)
    void damagedFramesAreRefusedWithoutAFailureOrAChange(Step step) {
        CohortScene cohort = started();
        cohort.devices.forEach(device -> device.begin(0));
        for (Step before : Step.values()) {
            if (before == step) {
                break;
            }
            CohortScene.take(before, cohort.devices);
            CohortScene.await(before, cohort.devices);
        }
        cohort.devices.forEach(device -> prepare(step, device));
        // A fourth reveal would close the round.
        for (CohortDevice hostile : cohort.devices.subList(0, 3)) {
            assertThat(attack(cohort, hostile, step, INPUTS)).contains(422);
        }
    }

    @Test
    void damagedFramesAfterTheRightOneChangeNothingAndTheSumHasItsBits() {
        CohortScene cohort = started();
        cohort.devices.forEach(device -> device.begin(0));
        CohortDevice hostile = cohort.devices.get(0);
        for (Step step : Step.values()) {
            if (step == Step.REVEALS) {
                // The round closes as soon as enough devices have revealed, so all of them prepare first.
                cohort.devices.forEach(CohortDevice::prepareReveal);
            }
            assertThat(step.send(hostile).status()).as(step.toString()).isEqualTo(204);
            String before = cohort.fingerprint(jdbc);
            assertThat(attack(cohort, hostile, step, INPUTS)).doesNotContain(200, 204);
            assertThat(cohort.fingerprint(jdbc)).as(step.toString()).isEqualTo(before);
            for (CohortDevice other : cohort.devices.subList(1, 6)) {
                assertThat(step.send(other).status()).as(step.toString()).isIn(204, 409);
            }
            CohortScene.await(step, cohort.devices);
        }
        cohort.scene.awaitClosed(0);
        assertThat(cohort.devices).allMatch(CohortDevice::settle);
        assertThat(cohort.scene.replica(1).sum()).isEqualTo(cohort.expectedSum());
    }
}
