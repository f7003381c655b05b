package io.evenkeel.coordinator.round;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import io.evenkeel.coordinator.testing.TestDevice;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.vector.SplitMix64;
import io.evenkeel.core.wire.Report;
import io.evenkeel.engine.OnlyInCi;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

/** Tests runs with adaptive steps. Devices with different data train through the API while the fleet changes. */
@CoordinatorTest
@OnlyInCi
class AdaptiveStepTest {

    private static final int EARLY = 5;
    private static final int CONVERGED = 45;
    private static final int ROUNDS_AFTER = 40;
    private static final double ETA = 0.5;

    private enum Rule {
        ADAPTIVE("ef21-adaptive", "", FeedbackMethod.EF21_IGT),
        SUFFICIENT_DECREASE_WITH_IGT(
                "ef21-igt-norm", "\"step\":\"sufficient-decrease\",\"eta\":\"0.5\",", FeedbackMethod.EF21_IGT),
        SUFFICIENT_DECREASE("ef21", "\"step\":\"sufficient-decrease\",", FeedbackMethod.EF21),
        SLOPE("ef21", "\"step\":\"slope\",", FeedbackMethod.EF21),
        DISTANCE("ef21-distance", "", FeedbackMethod.EF21),
        ACCUMULATED_NORM("ef21", "\"step\":\"accumulated-norm\",", FeedbackMethod.EF21);

        private final String algorithm;
        private final String step;
        private final FeedbackMethod method;

        Rule(String algorithm, String step, FeedbackMethod method) {
            this.algorithm = algorithm;
            this.step = step;
            this.method = method;
        }
    }

    /** An event while a round is open. */
    private enum Change {
        A_DEVICE_JOINS(fleet -> fleet.join(fleet.scene.device(), 1)),
        A_DEVICE_LEAVES(fleet -> fleet.remove(TestDevice::leave)),
        A_DEVICE_IS_REVOKED(
                fleet -> fleet.remove(device -> fleet.scene.operator.delete("/clients/" + device.client()))),
        A_WEIGHT_CHANGES(fleet -> fleet.join(fleet.scene.devices.get(1), 5)),
        DATA_CHANGES(fleet -> fleet.data.replaceAll((device, loss) -> new Loss(fleet.data.size() - loss.number))),
        DEVICES_ARE_SAMPLED(fleet ->
                assertThat(fleet.scene.change("{\"sampling\":0.5}").status()).isEqualTo(200));

        private final Consumer<Fleet> action;

        Change(Consumer<Fleet> action) {
            this.action = action;
        }
    }

    @Autowired
    private Api api;

    @Autowired
    private JdbcTemplate jdbc;

    /** Logistic regression on the samples of one device; later devices have more samples, mostly of one class. */
    private static final class Loss {

        private final int number;
        private final double[][] samples;

        Loss(int device) {
            this.number = device;
            SplitMix64 random = new SplitMix64(device);
            samples = new double[4 + 12 * device][Scene.DIMENSION];
            for (double[] sample : samples) {
                double margin = 0.4 * (device % 2 == 0 ? 1 : -1) + 0.5 * (random.nextDouble() - 0.5);
                for (int j = 0; j < sample.length; j++) {
                    sample[j] = 4 * (random.nextDouble() - 0.5) / (1 + j);
                    margin += sample[j] * (j % 2 == 0 ? 1 : -1);
                }
                for (int j = 0; margin < 0 && j < sample.length; j++) {
                    sample[j] = -sample[j];
                }
            }
        }

        /** Returns the loss, and writes its gradient to {@code g}. */
        double at(double[] x, double[] g) {
            double loss = 0;
            for (double[] sample : samples) {
                double margin = 0;
                for (int j = 0; j < x.length; j++) {
                    margin += sample[j] * x[j];
                }
                loss += Math.log1p(Math.exp(-margin)) / samples.length;
                for (int j = 0; j < x.length; j++) {
                    g[j] -= sample[j] / (1 + Math.exp(margin)) / samples.length;
                }
            }
            return loss;
        }
    }

    /** The members, with their weights and data. */
    private final class Fleet {

        private final Scene scene;
        private final Map<TestDevice, Double> weights = new LinkedHashMap<>();
        private final Map<TestDevice, Loss> data = new LinkedHashMap<>();
        private final Map<TestDevice, double[]> answered = new LinkedHashMap<>();
        private int summing = -1;

        Fleet(Rule rule) {
            scene = new Scene(api.endpoint(), jdbc, Scene.newName(), "top-k:1", rule.method)
                    .create(rule.algorithm, CONVERGED + ROUNDS_AFTER, rule.step + "\"stop\":{\"divergence\":\"off\"}");
            for (int i = 0; i < 4; i++) {
                join(scene.device(), 1);
            }
            scene.start();
        }

        /** Adds a device, or changes a member's weight. */
        void join(TestDevice device, double weight) {
            assertThat(device.join(weight).status()).isBetween(200, 201);
            weights.put(device, weight);
            data.computeIfAbsent(device, joined -> new Loss(data.size()));
        }

        /** Removes the first member. */
        void remove(Function<TestDevice, Reply> way) {
            TestDevice device = scene.devices.get(0);
            assertThat(way.apply(device).status()).isEqualTo(204);
            weights.remove(device);
        }

        private Loss loss(TestDevice device) {
            return Objects.requireNonNull(data.get(device));
        }

        /** Makes the selected devices answer a round; returns the members' mean loss. */
        double round(int round) {
            double[] model = scene.devices.get(1).model(round);
            double mean = 0;
            double weight = 0;
            for (Map.Entry<TestDevice, Double> member : weights.entrySet()) {
                mean += member.getValue() * loss(member.getKey()).at(model, new double[Scene.DIMENSION]);
                weight += member.getValue();
            }
            // All devices request the task before any of them answers, since the last answer opens the next round.
            List<TestDevice> asked = weights.keySet().stream()
                    .filter(device -> device.task(round - 1).status() == 200)
                    .toList();
            asked.forEach(device -> answer(device, loss(device), round, model));
            scene.awaitClosed(round);
            return mean / weight;
        }

        private void answer(TestDevice device, Loss loss, int round, double[] model) {
            double[] gradient = new double[Scene.DIMENSION];
            double value = loss.at(device.point(model, ETA), gradient);
            double[] before = answered.getOrDefault(device, model);
            answered.put(device, model);
            double slope = Slopes.along(model.length, j -> gradient[j], j -> model[j], j -> before[j]);
            double[] g = device.memory();
            double change = Slopes.along(model.length, j -> gradient[j] - g[j], j -> model[j], j -> before[j]);
            Map<String, Double> metrics =
                    Double.isFinite(slope) ? Map.of(Report.SLOPE, slope, Report.SLOPE_CHANGE, change) : Map.of();
            OptionalDouble none = OptionalDouble.empty();
            double reported = scene.devices.indexOf(device) == summing ? 400 * value : value;
            Report report = new Report(1, OptionalDouble.of(reported), none, none, metrics);
            TestDevice.Sent sent = device.stage(round, model, gradient, ETA, report);
            assertThat(device.put(sent).status()).isEqualTo(201);
            device.commit(sent);
        }
    }

    static Stream<Arguments> cases() {
        return Arrays.stream(Rule.values())
                .flatMap(rule -> Arrays.stream(Change.values())
                        .flatMap(change ->
                                IntStream.of(EARLY, CONVERGED).mapToObj(at -> Arguments.of(rule, change, at))));
    }

    @Test
    void theLossStaysLowAtConvergenceWhenADeviceLeaves() {
        assertStaysLow(Rule.ADAPTIVE, Change.A_DEVICE_LEAVES, CONVERGED);
    }

    @Test
    void theLossStaysLowAtConvergenceWhenADeviceJoinsARunThatFollowsSlopes() {
        assertStaysLow(Rule.SLOPE, Change.A_DEVICE_JOINS, CONVERGED);
    }

    @Test
    void aDeviceThatReportsSumsIsNamedAndChangesNoStep() {
        Fleet honest = new Fleet(Rule.ADAPTIVE);
        Fleet summing = new Fleet(Rule.ADAPTIVE);
        summing.summing = 2;
        List<Double> path = IntStream.range(0, 25).mapToObj(honest::round).toList();
        assertThat(IntStream.range(0, 25).mapToObj(summing::round).toList()).isEqualTo(path);
        assertThat(inconsistent(honest)).isEmpty();
        assertThat(inconsistent(summing))
                .singleElement()
                .asString()
                .contains(summing.scene.devices.get(2).client());
    }

    private List<String> inconsistent(Fleet fleet) {
        return jdbc.queryForList(
                "SELECT e.detail FROM run_event e JOIN run r ON r.id = e.run_id WHERE r.name = ? AND e.type ="
                        + " 'LOSSES_INCONSISTENT'",
                String.class,
                fleet.scene.run);
    }

    @Tag("full")
    @ParameterizedTest
    @MethodSource("cases")
    void theLossStaysLowWithEachRule(Rule rule, Change change, int at) {
        assertStaysLow(rule, change, at);
    }

    private void assertStaysLow(Rule rule, Change change, int at) {
        Fleet fleet = new Fleet(rule);
        List<Double> before = IntStream.range(0, at).mapToObj(fleet::round).toList();
        change.action.accept(fleet);
        List<Double> after =
                IntStream.range(at, at + ROUNDS_AFTER).mapToObj(fleet::round).toList();
        double last = before.get(at - 1);
        assertThat(last).as("the loss before the change").isLessThan((at == CONVERGED ? 0.9 : 1) * before.get(0));
        assertThat(Collections.max(after))
                .as(() -> before + " and then " + after)
                .isLessThan(1.1 * Math.max(last, after.get(0)));
        assertThat(after.get(ROUNDS_AFTER - 1)).isLessThanOrEqualTo(after.get(0));
    }
}
