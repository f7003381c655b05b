package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.LAYOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** IGT computes its gradient at an extrapolated model, and STORM two gradients on the same sample. */
class SampledGradientTest {

    private static final int D = LAYOUT.dimension();

    private final MemoryStateStore store = new MemoryStateStore();
    private final List<Model> seen = new ArrayList<>();
    private final List<Integer> samples = new ArrayList<>();

    private final GradientFunction recording = GradientFunction.onSample(round -> 100 + round, (model, sample) -> {
        seen.add(model);
        samples.add(sample);
        double[] gradient = model.toDoubles();
        for (int j = 0; j < gradient.length; j++) {
            gradient[j] = (1 + j % 3) * gradient[j] + Math.sin(sample * (j + 1.0));
        }
        return Gradient.of(gradient);
    });

    private static TestCoordinator run(FeedbackMethod method, int rounds) {
        return new TestCoordinator(method, "normalized", "identity+float64", rounds);
    }

    private static float[] model(TestCoordinator run, int round) {
        return Objects.requireNonNull(run.models.get(round));
    }

    private RunOutcome train(TestCoordinator run, GradientFunction gradient) throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(run, store).build()) {
            return client.train(gradient);
        }
    }

    @Test
    void stormCallsTheFunctionAtTheNewAndTheLastAnsweredModelWithOneSample() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21_STORM, 3);
        train(run, recording);

        assertThat(samples).containsExactly(100, 101, 101, 102, 102);
        assertThat(seen).extracting(Model::round).containsExactly(0, 1, 0, 2, 1);
        for (Model model : seen) {
            assertThat(model.toFloats()).isEqualTo(run.models.get(model.round()));
        }
        double eta = Math.sqrt(0.5);
        double[] g = run.messages.get(0).delta().toDense();
        run.messages.get(1).delta().addTo(g, 1);
        for (int j = 0; j < D; j++) {
            double v = gradient(0, 100, j);
            assertThat(g[j]).isCloseTo(gradient(1, 101, j) + (1 - eta) * (v - gradient(2, 101, j)), within(1e-12));
        }
    }

    @Test
    void igtCallsTheFunctionOnceAtTheExtrapolatedModel() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21_IGT, 2);
        train(run, recording);

        assertThat(samples).containsExactly(100, 101);
        assertThat(seen).extracting(Model::round).containsExactly(0, 1);
        assertThat(seen.get(0).toFloats()).isEqualTo(run.models.get(0));
        double eta = Math.sqrt(0.5);
        double[] g = run.messages.get(0).delta().toDense();
        run.messages.get(1).delta().addTo(g, 1);
        float[] x0 = model(run, 0);
        float[] x1 = model(run, 1);
        for (int j = 0; j < D; j++) {
            double x = x1[j];
            double last = x0[j];
            double extrapolated = x + (1 - eta) / eta * (x - last);
            assertThat(seen.get(1).get(j)).isCloseTo(extrapolated, within(1e-6));
            assertThat(g[j]).isCloseTo((1 - eta) * gradient(0, 100, j) + eta * gradient(1, 101, j), within(1e-12));
        }
    }

    private double gradient(int call, int sample, int j) {
        return (1 + j % 3) * seen.get(call).get(j) + Math.sin(sample * (j + 1.0));
    }

    @Test
    void igtAcceptsAPlainFunctionAndEvaluatesTheRoundsOwnModel() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21_IGT, 3);
        Map<Integer, float[]> evaluated = new HashMap<>();
        try (EvenkeelClient client = TestClients.on(run, store)
                .evaluation(model -> {
                    evaluated.put(model.round(), model.toFloats());
                    return Map.of();
                })
                .build()) {
            client.train(model -> Gradient.of(model.toFloats()));
        }
        assertThat(evaluated).hasSize(3);
        evaluated.forEach((round, x) -> assertThat(x).isEqualTo(run.models.get(round)));
    }

    @ParameterizedTest
    @EnumSource(
            value = FeedbackMethod.class,
            names = {"EF21_IGT", "EF21_STORM"})
    void aDeviceThatMissedRoundsUsesTheModelItAnsweredLast(FeedbackMethod method) throws InterruptedException {
        TestCoordinator run = run(method, 5);
        train(run, GradientFunction.onSample(round -> round, (model, round) -> {
            if (round == 1 || round == 2) {
                return Gradient.skip();
            }
            seen.add(model);
            return Gradient.of(model.toDoubles());
        }));
        Model afterPause = seen.get(method == FeedbackMethod.EF21_STORM ? 2 : 1);
        if (method == FeedbackMethod.EF21_STORM) {
            assertThat(afterPause.round()).isZero();
            assertThat(afterPause.toFloats()).isEqualTo(run.models.get(0));
        } else {
            // eta of round 3 is 1/2
            float[] x = model(run, 3);
            float[] last = model(run, 0);
            for (int j = 0; j < D; j++) {
                assertThat(afterPause.get(j)).isEqualTo((float) (x[j] + (x[j] - (double) last[j])));
            }
        }
        assertThat(TestClients.g(run, store)).isEqualTo(run.member().g);
    }

    @Test
    void stormRefusesAFunctionThatDrawsItsOwnSamples() {
        TestCoordinator run = run(FeedbackMethod.EF21_STORM, 3);
        assertThatThrownBy(() -> train(run, model -> Gradient.of(model.toDoubles())))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("run 'digits' uses ef21-storm")
                .hasMessageContaining("GradientFunction.onSample");
        assertThat(run.messages).isEmpty();
    }

    @Test
    void stormRefusesOneArrayForBothGradients() {
        TestCoordinator run = run(FeedbackMethod.EF21_STORM, 3);
        double[] shared = new double[D];
        assertThatThrownBy(() -> train(run, GradientFunction.onSample(round -> round, (model, sample) -> {
                    System.arraycopy(model.toDoubles(), 0, shared, 0, D);
                    return Gradient.of(shared);
                })))
                .hasMessageContaining("in round 1")
                .hasMessageContaining("the same double[] for both models");
    }

    @Test
    void stormCopiesFloatsSoTheFunctionMayUseItsArrayAgain() throws InterruptedException {
        float[] shared = new float[D];
        GradientFunction reusing = GradientFunction.onSample(round -> round, (model, sample) -> {
            System.arraycopy(model.toFloats(), 0, shared, 0, D);
            return Gradient.of(shared);
        });
        TestCoordinator first = run(FeedbackMethod.EF21_STORM, 4);
        train(first, reusing);
        TestCoordinator second = run(FeedbackMethod.EF21_STORM, 4);
        try (EvenkeelClient client =
                TestClients.on(second, new MemoryStateStore()).build()) {
            client.train(GradientFunction.onSample(round -> round, (model, sample) -> Gradient.of(model.toFloats())));
        }
        assertThat(first.x()).isEqualTo(second.x());
    }

    @Test
    void aLostDiskRestartsTheMomentumAtTheNextGradient() throws InterruptedException {
        TestCoordinator run = run(FeedbackMethod.EF21_STORM, 6);
        String secret = run.register("c9");
        try (EvenkeelClient client = TestClients.on(run, new MemoryStateStore())
                .credentials("c9", secret)
                .build()) {
            client.trainFor(recording, 3, Duration.ofMinutes(1));
        }
        int before = seen.size();
        try (EvenkeelClient client = TestClients.on(run, new MemoryStateStore())
                .credentials("c9", secret)
                .build()) {
            client.train(recording);
        }
        assertThat(seen.subList(before, before + 3)).extracting(Model::round).containsExactly(3, 4, 3);
        assertThat(run.messages).hasSize(6);
    }
}
