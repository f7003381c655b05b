package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.LAYOUT;
import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.core.feedback.FeedbackMethod;
import io.evenkeel.core.smoothness.Slopes;
import io.evenkeel.core.vector.Norm;
import io.evenkeel.core.wire.Message;
import io.evenkeel.core.wire.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainingTest {

    private final MemoryStateStore store = new MemoryStateStore();
    private final TestCoordinator coordinator =
            new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "top-k:5", 12);

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void takesPartInEveryRoundAndKeepsTheCoordinatorsSum(FeedbackMethod method) throws InterruptedException {
        TestCoordinator run = new TestCoordinator(method, "normalized", "top-k:5", 12);

        RunOutcome outcome = TestClients.train(TestClients.on(run, store));

        assertThat(outcome).isEqualTo(new RunOutcome(RUN, End.FINISHED, 12, 12, 0));
        if (method.retainsSum()) {
            assertThat(TestClients.g(run, store)).isEqualTo(run.member().g);
        }
        assertThat(TestClients.saved(run, store).head()).isEqualTo(run.member().head);
    }

    @Test
    void refusesAPlanWithAMomentumItDoesNotKnow() {
        coordinator.feedbackInPlan = "ef21-hessian";
        assertThatThrownBy(() -> TestClients.train(TestClients.on(coordinator, store)))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("run 'digits' has a plan that this client cannot follow: 'ef21-hessian' is not")
                .hasMessageEndingWith("update the client");
        assertThat(coordinator.messages).isEmpty();
    }

    @Test
    void joinsWithItsWeight() throws InterruptedException {
        TestClients.train(TestClients.on(coordinator, store).weight(2.5));
        assertThat(coordinator.member().weight).isEqualTo(2.5);
    }

    @Test
    void reportsItsFiguresWithTheMessage() throws InterruptedException {
        List<double[]> gradients = new ArrayList<>();
        try (EvenkeelClient client = TestClients.on(coordinator, store)
                .evaluation(model -> Map.of("accuracy", 0.5 + model.round(), "worthless", Double.NaN))
                .reportSmoothness(true)
                .build()) {
            client.train(model -> {
                Gradient gradient = Problems.bowl(1).compute(model);
                gradients.add(gradient.doubles().clone());
                return gradient;
            });
        }
        Report initial = coordinator.messages.get(0).report();
        assertThat(initial.samples()).isEqualTo(11);
        assertThat(initial.gradientNorm().orElseThrow()).isEqualTo(Norm.l2(gradients.get(0)));
        assertThat(initial.loss()).isPresent();
        assertThat(initial.smoothness()).isEmpty();
        assertThat(initial.metrics()).containsExactly(Map.entry("accuracy", 0.5));
        // The quadratic's gradient grows 1 to 3 times as fast as the distance.
        assertThat(coordinator.messages.get(1).report().smoothness().orElseThrow())
                .isBetween(1.0, 3.0001);
    }

    @Test
    void reportsTheSlopeAlongItsStepToARuleThatReadsIt() throws InterruptedException {
        TestCoordinator run = new TestCoordinator(FeedbackMethod.EF21, "slope:0.01", "identity+float64", 3);
        TestClients.train(TestClients.on(run, store));
        assertThat(run.messages.get(0).report().metrics()).isEmpty();
        assertThat(run.messages.get(1).report().metrics()).containsOnlyKeys(Report.SLOPE, Report.SLOPE_CHANGE);
        TestClients.train(TestClients.on(coordinator, new MemoryStateStore()));
        assertThat(coordinator.messages.get(1).report().metrics()).isEmpty();
    }

    @Test
    void theSlopeIsAlongTheRoundsModelsEvenWithIgt() throws InterruptedException {
        TestCoordinator run = new TestCoordinator(FeedbackMethod.EF21_IGT, "slope:0.01", "identity+float64", 4);
        List<double[]> gradients = new ArrayList<>();
        try (EvenkeelClient client = TestClients.on(run, store).build()) {
            client.train(model -> {
                Gradient gradient = Problems.bowl(1).compute(model);
                gradients.add(gradient.doubles().clone());
                return gradient;
            });
        }
        double[] g = new double[gradients.get(0).length];
        for (int k = 1; k < 4; k++) {
            run.messages.get(k - 1).delta().addTo(g, 1);
            double[] gradient = gradients.get(k);
            float[] x = Objects.requireNonNull(run.models.get(k));
            float[] before = Objects.requireNonNull(run.models.get(k - 1));
            assertThat(run.messages.get(k).report().metrics().get(Report.SLOPE))
                    .isEqualTo(Slopes.along(x.length, j -> gradient[j], j -> x[j], j -> before[j]));
            assertThat(run.messages.get(k).report().metrics().get(Report.SLOPE_CHANGE))
                    .isEqualTo(Slopes.along(x.length, j -> gradient[j] - g[j], j -> x[j], j -> before[j]));
        }
    }

    @Test
    void followsTheMomentumScheduleOfThePlan() throws InterruptedException {
        TestCoordinator run = new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "identity+float64", 3);
        List<double[]> gradients = new ArrayList<>();
        try (EvenkeelClient client = TestClients.on(run, store).build()) {
            client.train(model -> {
                Gradient gradient = Problems.bowl(1).compute(model);
                gradients.add(gradient.doubles().clone());
                return gradient;
            });
        }
        double eta = Math.sqrt(0.5);
        double[] g = run.messages.get(0).delta().toDense();
        run.messages.get(1).delta().addTo(g, 1);
        for (int j = 0; j < g.length; j++) {
            double m = (1 - eta) * gradients.get(0)[j] + eta * gradients.get(1)[j];
            assertThat(g[j]).isCloseTo(m, within(1e-12));
        }
    }

    @Test
    void drawsTheSameCoordinatesFromTheSameSeed() throws InterruptedException {
        List<List<Integer>> drawn = new ArrayList<>();
        for (int attempt = 0; attempt < 2; attempt++) {
            TestCoordinator run = new TestCoordinator(FeedbackMethod.EF21, "normalized", "rand-k:4", 5);
            TestClients.train(TestClients.on(run, new MemoryStateStore()));
            List<Integer> indices = new ArrayList<>();
            for (Message message : run.messages) {
                for (int j = 0; j < message.delta().count(); j++) {
                    indices.add(message.delta().index(j));
                }
            }
            drawn.add(indices);
        }
        assertThat(drawn.get(0)).hasSize(20).isEqualTo(drawn.get(1));
        assertThat(drawn.get(0).subList(0, 4)).isNotEqualTo(drawn.get(0).subList(4, 8));
    }

    @Test
    void skipsARoundWithoutData() throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(coordinator, store).build()) {
            RunOutcome outcome = client.train(model ->
                    model.round() % 3 == 0 ? Gradient.skip() : Problems.bowl(1).compute(model));
            assertThat(outcome.accepted()).isEqualTo(8);
        }
        assertThat(TestClients.g(coordinator, store)).isEqualTo(coordinator.member().g);
    }

    @Test
    void dropsALateMessageAndContinues() throws InterruptedException {
        List<Problem> refusals = new ArrayList<>();
        ClientListener listener = new ClientListener() {
            @Override
            public void messageAccepted(Receipt receipt) {
                coordinator.closeBeforeNextMessage = receipt.sequence() == 3;
            }

            @Override
            public void messageRefused(int round, Problem problem) {
                refusals.add(problem);
            }
        };
        RunOutcome outcome =
                TestClients.train(TestClients.on(coordinator, store).listener(listener));

        assertThat(outcome).isEqualTo(new RunOutcome(RUN, End.FINISHED, 12, 11, 1));
        assertThat(refusals).extracting(Problem::type).containsExactly(ProblemType.ROUND_CLOSED);
        assertThat(TestClients.g(coordinator, store)).isEqualTo(coordinator.member().g);
    }

    @Test
    void refusesAGradientThatIsNotFiniteNamingTheIndex() {
        assertThatThrownBy(() -> trainWith(model -> {
                    double[] gradient = new double[LAYOUT.dimension()];
                    gradient[41] = Double.NaN;
                    return Gradient.of(gradient);
                }))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("41")
                .hasMessageContaining("NaN");
        assertThat(coordinator.messages).isEmpty();
    }

    @Test
    void refusesAGradientOfTheWrongLength() {
        assertThatThrownBy(() -> trainWith(model -> Gradient.of(new double[3])))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("3 values, expected the model's 57");
    }

    @Test
    void reportsAFailedGradientFunctionAndSendsNothing() {
        IllegalStateException cause = new IllegalStateException("no camera");
        assertThatThrownBy(() -> trainWith(model -> {
                    throw cause;
                }))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("gradient function failed in round 0")
                .hasMessageContaining("no camera")
                .hasCause(cause);
        assertThat(coordinator.messages).isEmpty();
    }

    @Test
    void throwsTheCoordinatorsRefusal() {
        assertThatThrownBy(() ->
                        TestClients.train(TestClients.on(coordinator, store).run("other")))
                .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                    assertThat(e.problem().type()).isEqualTo(ProblemType.RUN_NOT_FOUND);
                    assertThat(e.problem().status()).isEqualTo(404);
                    assertThat(e).hasMessageContaining("there is no run other").hasMessageContaining("do something");
                });
    }

    @Test
    void continuesIfTheListenerFails() throws InterruptedException {
        ClientListener failing = new ClientListener() {
            @Override
            public void roundStarted(int round) {
                throw new IllegalStateException("a listener's bug");
            }
        };
        assertThat(TestClients.train(TestClients.on(coordinator, store).listener(failing))
                        .accepted())
                .isEqualTo(12);
    }

    @Test
    void fetchesTheFinalModel() throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(coordinator, store).build()) {
            RunOutcome outcome = client.train(Problems.bowl(1));
            Model model = client.model(outcome.round());
            assertThat(model.toFloats()).isEqualTo(coordinator.models.get(12));
            assertThat(model.tensor("b")).hasSize(7).endsWith(model.get(56));
        }
    }

    private void trainWith(GradientFunction gradient) throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(coordinator, store).build()) {
            client.train(gradient);
        }
    }
}
