package io.evenkeel.coordinator.relay;

import static io.evenkeel.coordinator.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.client.RunPlan;
import io.evenkeel.client.RunPrivacy;
import io.evenkeel.client.RunSecureAggregation;
import io.evenkeel.coordinator.testing.CohortScene;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.privacy.NoiseAdder;
import io.evenkeel.core.vector.TensorLayout;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A coordinator that is a member of an upper run on behalf of its own devices. */
class RelayTest extends RelayedSites {

    private double[] flat(String compressor) {
        Scene flat = run("ef21-norm", compressor, "").members(4).start();
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < 4; i++) {
                answer(flat, round, i, i);
            }
            flat.awaitClosed(round);
        }
        return flat.devices.get(0).model(ROUNDS);
    }

    private static void assertClose(double[] x, double[] expected) {
        for (int j = 0; j < x.length; j++) {
            assertThat(x[j]).isCloseTo(expected[j], within(1e-12));
        }
    }

    @Test
    void aRelayAndADeviceGiveTheModelOfAFlatFleet() {
        double[] expected = flat(LOSSLESS);
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 3);
        start(above);
        for (int round = 0; round < ROUNDS; round++) {
            awaitRound(below, round);
            for (int i = 0; i < 3; i++) {
                answer(below, round, i, i);
            }
            answer(above, round, 0, 3);
            above.awaitClosed(round);
        }
        awaitState(below, "finished");
        double[] x = above.devices.get(0).model(ROUNDS);
        assertThat(below.devices.get(0).model(ROUNDS)).isEqualTo(x);
        assertThat(below.devices.get(0).model(3)).isEqualTo(above.devices.get(0).model(3));
        assertClose(x, expected);
    }

    @Test
    @Tag("full")
    void threeLevelsGiveTheModelOfAFlatFleet() {
        double[] expected = flat(LOSSLESS);
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene region = relay(above, root.endpoint(), LOSSLESS, 1);
        Scene site = relay(region, sites.get(0).endpoint(), LOSSLESS, 2);
        start(above);
        for (int round = 0; round < ROUNDS; round++) {
            awaitRound(region, round);
            answer(region, round, 0, 2);
            awaitRound(site, round);
            for (int i = 0; i < 2; i++) {
                answer(site, round, i, i);
            }
            answer(above, round, 0, 3);
            above.awaitClosed(round);
        }
        awaitState(site, "finished");
        double[] x = above.devices.get(0).model(ROUNDS);
        assertThat(site.devices.get(0).model(ROUNDS)).isEqualTo(x);
        assertClose(x, expected);
    }

    @Test
    @Tag("full")
    void roundsContinueWithoutALateRelayAndItCatchesUp() {
        Scene above = run("ef21-norm", LOSSLESS, ",\"participants\":{\"min\":1,\"max\":1}")
                .members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 1);
        start(above);
        awaitRound(below, 0);
        answer(above, 0, 0, 3);
        above.awaitClosed(0);
        answer(above, 1, 0, 3);
        above.awaitClosed(1);
        // The relay's answer to the first model is late. The relay's next round uses a later model, and its answer to
        // that model alone closes the upper round.
        answer(below, 0, 0, 0);
        awaitRound(below, 1);
        answer(below, 1, 0, 0);
        above.awaitClosed(2);
        for (int round = 3; round < ROUNDS; round++) {
            answer(above, round, 0, 3);
            above.awaitClosed(round);
        }
        assertThat(above.operator.post("/runs/" + above.run + "/audit").get("agrees"))
                .isEqualTo("true");
        assertThat(below.operator.post("/runs/" + below.run + "/audit").get("agrees"))
                .isEqualTo("true");
    }

    @Test
    void withSecureAggregationAtTheSiteTheRelaySendsTheMeanOfTheSum() {
        withSecureAggregationTheRelaySendsTheMeanOfTheSum("");
    }

    @Test
    @Tag("full")
    void withSecureAggregationAndNoiseAtTheSiteTheRelaySendsTheMeanOfTheSum() {
        withSecureAggregationTheRelaySendsTheMeanOfTheSum(
                ",\"privacy\":{\"normalization\":\"clip\",\"bound\":1,\"noiseMultiplier\":20,\"budget\":{\"delta\":1e-6}}");
    }

    /** The relay needs only the sum, with or without noise. The sum starts from zero at a rebase. */
    private void withSecureAggregationTheRelaySendsTheMeanOfTheSum(String privacy) {
        Scene above = new Scene(root.endpoint(), root.jdbc(), Scene.newName(), LOSSLESS, FeedbackMethod.EF21);
        Scene below = relay(above, root.endpoint(), "identity");
        CohortScene cohort = new CohortScene(below, "identity", 5, 6, 2)
                .create("ef21", ROUNDS, "\"step\":\"upstream\"" + privacy)
                .members(5);
        // The relay polls for the upper run until it exists.
        above.create("ef21-norm", ROUNDS, STEP).members(1);
        eventually().until(() -> above.view().number("members") == 2);
        start(above);
        for (int round = 0; round < 4; round++) {
            awaitRound(below, round);
            cohort.stage(round, device -> privacy.isEmpty());
            if (round == 2) {
                sites.get(0).restart();
                below.moveTo(sites.get(0).endpoint(), sites.get(0).jdbc());
            }
            cohort.attempt(0, cohort.devices);
            cohort.devices.forEach(device -> assertThat(device.settle()).isTrue());
            answer(above, round, 0, 3);
            above.awaitClosed(round);
            awaitRound(below, round + 1);

            double[] sum = below.replica(round + 1).sum();
            if (privacy.isEmpty()) {
                assertThat(sum).isEqualTo(cohort.expectedSum());
            }
            for (int j = 0; j < sum.length; j++) {
                sum[j] += above.devices.get(0).memory()[j];
            }
            assertClose(above.replica(round + 1).sum(), sum);
        }
    }

    private static RunPlan plan(
            String feedback, @Nullable RunPrivacy privacy, @Nullable RunSecureAggregation aggregation) {
        return plan("ef21-norm", feedback, privacy, aggregation);
    }

    private static RunPlan plan(
            String algorithm,
            String feedback,
            @Nullable RunPrivacy privacy,
            @Nullable RunSecureAggregation aggregation) {
        return new RunPlan(
                Scene.newName(),
                TensorLayout.flat(Scene.DIMENSION),
                ROUNDS,
                ROUNDS,
                algorithm,
                feedback,
                "normalized",
                "constant:1",
                "constant:1",
                "identity",
                null,
                OptionalInt.empty(),
                1,
                0,
                1000,
                privacy,
                aggregation);
    }

    @Test
    void refusesUpstreamRunsThatARelayCannotAnswer() {
        FollowingRun run = root.bean(FollowingRun.class);
        assertThatThrownBy(() -> run.prepare(plan("ef21-storm", null, null))).hasMessageContaining("two gradients");
        assertThatThrownBy(() -> run.prepare(plan("ef14-decay-scatter-mean", "ef14-decay", null, null)))
                .hasMessageContaining("sums without counts");
        RunPrivacy privacy = new RunPrivacy(NoiseAdder.DEVICE, null, "clip:1:20", 1e-6, null, 10);
        assertThatThrownBy(() -> run.prepare(plan("ef21", privacy, null))).hasMessageContaining("has privacy");
        RunSecureAggregation aggregation = new RunSecureAggregation(List.of(), 0.1, 0.05, 100, -20, 5, 10);
        assertThatThrownBy(() -> run.prepare(plan("ef21", null, aggregation)))
                .hasMessageContaining("has secure aggregation");
    }

    @Test
    void moreRoundsUpstreamChangeTheRunHereOnce() {
        int rounds = 3 * ROUNDS;
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 1);
        start(above);
        awaitRound(below, 0);
        assertThat(above.change("{\"rounds\":" + rounds + "}").status()).isEqualTo(200);
        for (int round = 0; round < rounds; round++) {
            awaitRound(below, round);
            answer(below, round, 0, 0);
            answer(above, round, 0, 3);
            above.awaitClosed(round);
        }
        awaitState(below, "finished");
        assertThat(below.revisions()).hasSize(1);
    }

    @Test
    void theRunEndsWhenTheUpstreamRunIsCancelled() {
        // The direct member lets the run start before the relay reports its devices, which it does after a pause.
        Scene above = run("ef21-norm", LOSSLESS, "").members(1);
        Scene below = relay(above, root.endpoint(), LOSSLESS, 1);
        start(above);
        awaitRound(below, 0);
        above.act("cancel");
        awaitState(below, "cancelled");
    }
}
