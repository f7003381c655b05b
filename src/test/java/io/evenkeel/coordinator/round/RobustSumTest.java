package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.frame.FrameLimits;
import io.evenkeel.core.robust.MemberVectorSource;
import io.evenkeel.core.robust.NormClipping;
import io.evenkeel.core.step.ModelState;
import io.evenkeel.core.step.NormalizedStep;
import io.evenkeel.core.step.Schedule;
import io.evenkeel.core.step.StepInput;
import io.evenkeel.core.step.StepMemory;
import io.evenkeel.core.step.StepScale;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.vector.TensorLayout;
import io.evenkeel.core.wire.Replica;
import io.evenkeel.core.wire.UpdateReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** The step of a robust run uses a sum that bounds each member's vector by a multiple of the median norm. */
@CoordinatorTest
class RobustSumTest {

    private static final int D = Scene.DIMENSION;
    private static final int DEVICES = 10;
    private static final int ROUNDS = 40;
    private static final double SPREAD = 0.5;

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    private Scene scene(String algorithm, int rounds, String more) {
        return new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:2", FeedbackMethod.EF21)
                .create(algorithm, rounds, more);
    }

    /** Returns the gradient that a hostile device reports if it knows the gradients of all others. */
    private static double[] attack(String kind, double strength, double[] own, List<double[]> honest) {
        double[] lie = new double[D];
        for (int j = 0; j < D; j++) {
            int coordinate = j;
            double mean =
                    honest.stream().mapToDouble(g -> g[coordinate]).average().orElseThrow();
            double variance = honest.stream()
                    .mapToDouble(g -> (g[coordinate] - mean) * (g[coordinate] - mean))
                    .average()
                    .orElseThrow();
            lie[j] = switch (kind) {
                case "sign-flip" -> -strength * own[j];
                case "inner-product" -> -strength * mean;
                default -> mean - strength * Math.sqrt(variance);
            };
        }
        return lie;
    }

    /**
     * Trains on f_i(x) = ||x - t_i||^2 / 2 with one hostile device of ten, and returns the distance of the model from
     * the honest devices' optimum.
     */
    private double distance(String kind, double strength, String robust) {
        Scene scene = scene("ef21", ROUNDS, "\"gamma\":\"0.4\"" + robust)
                .members(DEVICES)
                .start();
        Random random = new Random(4);
        double[][] targets = new double[DEVICES][];
        double[] optimum = new double[D];
        for (int i = 0; i < DEVICES; i++) {
            targets[i] =
                    random.doubles(D).map(draw -> 4 + SPREAD * (2 * draw - 1)).toArray();
            for (int j = 0; j < D && i < DEVICES - 1; j++) {
                optimum[j] += targets[i][j] / (DEVICES - 1);
            }
        }
        for (int round = 0; round < ROUNDS; round++) {
            double[] x = scene.devices.get(0).model(round);
            List<double[]> gradients = new ArrayList<>();
            for (double[] target : targets) {
                double[] gradient = x.clone();
                Arrays.setAll(gradient, j -> x[j] - target[j]);
                gradients.add(gradient);
            }
            List<double[]> honest = gradients.subList(0, DEVICES - 1);
            double[] lie = attack(kind, strength, gradients.get(DEVICES - 1), honest);
            for (int i = 0; i < DEVICES; i++) {
                scene.devices.get(i).answer(round, i == DEVICES - 1 ? lie : gradients.get(i));
            }
            scene.await(scene.devices.get(0), round);
        }
        assertThat(scene.view().get("state")).isEqualTo("finished");
        return Norm.distance(scene.replica(ROUNDS).x(), optimum);
    }

    @Test
    void oneHostileDeviceOfTenRuinsThePlainSumButNotTheRobustOne() {
        assertRuinsOnlyThePlainSum("sign-flip", 20);
    }

    @Tag("full")
    @ParameterizedTest
    @CsvSource({"inner-product, 20", "little, 100"})
    void otherAttacksRuinThePlainSumButNotTheRobustOne(String kind, double strength) {
        assertRuinsOnlyThePlainSum(kind, strength);
    }

    private void assertRuinsOnlyThePlainSum(String kind, double strength) {
        assertThat(distance(kind, strength, ",\"robust\":\"clip:2\"")).isLessThan(SPREAD);
        assertThat(distance(kind, strength, "")).isGreaterThan(4 * SPREAD);
    }

    private static double[] bounded(double factor, List<TestDevice> devices, double... weights) {
        double[] sum = new double[D];
        List<double[]> vectors = devices.stream().map(TestDevice::memory).toList();
        new NormClipping(factor).sum(MemberVectorSource.of(vectors, weights), sum);
        return sum;
    }

    private static void answer(Scene scene, int round) {
        List<TestDevice> asked = scene.devices.stream()
                .filter(device -> device.task(round - 1).status() == 200)
                .toList();
        for (TestDevice device : asked) {
            int place = scene.devices.indexOf(device);
            double[] gradient = TestDevice.gradient(device.model(round), place);
            double factor = place == 1 ? 50 : 1;
            device.answer(round, Arrays.stream(gradient).map(g -> factor * g).toArray());
        }
        scene.awaitClosed(round);
    }

    @Test
    void stepsFollowTheBoundedVectorsOfTheDevices() {
        Scene scene = scene(
                "ef21-norm",
                8,
                "\"gamma\":\"anytime:0.5:0.5\",\"sampling\":0.6,\"weights\":{\"max\":3},\"robust\":\"clip:1.5\"");
        double[] weights = {1, 2, 1, 3};
        for (double weight : weights) {
            scene.member(weight);
        }
        scene.start();
        ModelState expected = ModelState.start(TensorLayout.flat(D), new NormalizedStep(), new double[D], true);
        for (int round = 0; round < 8; round++) {
            answer(scene, round);
            double[] sum = bounded(1.5, scene.devices, weights);
            System.arraycopy(sum, 0, expected.sum(), 0, D);
            expected.step(StepInput.of(7, Schedule.parse("anytime:0.5:0.5").at(round, 7)));
            assertThat(scene.replica(round + 1).sum()).isEqualTo(sum);
            assertThat(scene.replica(round + 1).x()).isEqualTo(expected.x());
            assertThat(bounded(1e9, scene.devices, weights))
                    .as("the bound is reached")
                    .isNotEqualTo(sum);
        }
    }

    @Test
    void leaversAndNewWeightsCountFromTheNextRound() {
        Scene scene = scene("ef21-norm", 9, "\"gamma\":\"0.3\",\"weights\":{\"max\":5},\"robust\":\"clip:1\"")
                .members(4)
                .start();
        answer(scene, 0);
        assertThat(scene.devices.get(2).join(5).status()).isEqualTo(200);
        answer(scene, 1);
        assertThat(scene.replica(2).sum()).isEqualTo(bounded(1, scene.devices, 1, 1, 5, 1));
        TestDevice gone = scene.devices.remove(3);
        assertThat(gone.leave().status()).isEqualTo(204);
        answer(scene, 2);
        assertThat(scene.replica(3).sum()).isEqualTo(bounded(1, scene.devices, 1, 1, 5));
        Reply audit = scene.operator.post("/runs/" + scene.run + "/audit");
        assertThat(audit.get("agrees")).isEqualTo("true");
        assertThat(audit.get("absoluteDifference")).isEqualTo("0.0");
        assertThat(audit.number("members")).isEqualTo(3);
        assertThat(audit.number("messages")).isEqualTo(9);
    }

    /** Devices that keep x and S and apply updates need not know that the sum is robust. */
    @Test
    void updatesLeadFromAnyRoundToAnyLaterOneBitForBit() {
        int rounds = 6;
        Scene scene = scene("ef21-norm", rounds, "\"gamma\":\"0.3\",\"sampling\":0.5,\"robust\":\"clip:1\"")
                .members(5)
                .start();
        for (int round = 0; round < rounds; round++) {
            answer(scene, round);
        }
        Replica end = scene.replica(rounds);
        for (int since = 0; since < rounds; since++) {
            Replica start = scene.replica(since);
            ModelState state = new ModelState(
                    TensorLayout.flat(D), new NormalizedStep(), start.x(), start.sum(), true, StepMemory.none());
            byte[] bytes = scene.devices
                    .get(0)
                    .http()
                    .get("/runs/" + scene.run + "/rounds/" + rounds + "/update?since=" + since)
                    .body();
            new UpdateReader(bytes, 0, bytes.length, FrameLimits.of(D)).forEachRemaining(update -> {
                update.applyTo(state.sum());
                state.repeat(new StepScale(update.factor(), update.divisors(), 0, new double[0]));
            });
            assertThat(state.x()).isEqualTo(end.x());
            assertThat(state.sum()).isEqualTo(end.sum());
        }
    }

    /** In a persistent sum, adding and removing 1e30 would absorb the other members' values. */
    @Test
    void aHugeVectorThatIsSubtractedAgainLeavesNoRoundingError() {
        Scene scene = scene("ef21-norm", 4, "\"gamma\":\"0.1\",\"robust\":\"clip:2\"")
                .members(4)
                .start();
        TestDevice liar = scene.devices.remove(3);
        for (int round = 0; round < 2; round++) {
            double[] huge = new double[D];
            Arrays.fill(huge, round == 0 ? 1e30 : 0);
            liar.answer(round, huge);
            answer(scene, round);
        }
        assertThat(liar.memory()).containsOnly(0);
        assertThat(scene.replica(2).sum()).isEqualTo(bounded(2, scene.devices, 1, 1, 1));
        assertThat(scene.view().get("state")).isEqualTo("running");
    }
}
