package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.client.internal.http.StopFlag;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SessionTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final TestCoordinator coordinator = new TestCoordinator(FeedbackMethod.EF21, "plain", "top-k:5", 7);
    private final MemoryStateStore store = new MemoryStateStore();
    private final FakeTime time = new FakeTime();

    private RunOutcome trainFor(int rounds, Duration deadline, GradientFunction gradient) throws InterruptedException {
        try (EvenkeelClient client =
                TestClients.on(coordinator, store).time(time).build()) {
            return client.trainFor(gradient, rounds, deadline);
        }
    }

    @Test
    void sessionsOfAFewRoundsCompleteTheRun() throws InterruptedException {
        assertThat(trainFor(3, LONG, Problems.bowl(1))).isEqualTo(new RunOutcome("digits", End.SESSION_ENDED, 2, 3, 0));
        assertThat(trainFor(3, LONG, Problems.bowl(1)).end()).isEqualTo(End.SESSION_ENDED);
        assertThat(trainFor(3, LONG, Problems.bowl(1)).end()).isEqualTo(End.FINISHED);
        TestCoordinator whole = new TestCoordinator(FeedbackMethod.EF21, "plain", "top-k:5", 7);
        TestClients.train(TestClients.on(whole, new MemoryStateStore()));
        assertThat(coordinator.x()).isEqualTo(whole.x());
    }

    @Test
    void noRoundStartsAfterTheDeadline() throws InterruptedException {
        RunOutcome outcome = trainFor(7, Duration.ofMinutes(10), model -> {
            time.sleep(Duration.ofMinutes(4), new StopFlag());
            return Problems.bowl(1).compute(model);
        });
        assertThat(outcome.end()).isEqualTo(End.SESSION_ENDED);
        assertThat(outcome.accepted()).isEqualTo(3);
    }

    @Test
    void theLastMessageDoesNotWaitForTheNextRound() throws InterruptedException {
        trainFor(1, LONG, Problems.bowl(1));
        assertThat(coordinator.waits).last().isEqualTo("PT0S");
    }

    @Test
    void retriesNoLongerThanTheSession() {
        DirectTransport dead = new DirectTransport(coordinator, request -> DirectTransport.Fate.REQUEST_LOST);
        try (EvenkeelClient client = TestClients.on(dead, store).time(time).build()) {
            assertThatThrownBy(() -> client.trainFor(Problems.bowl(1), 1, Duration.ofSeconds(5)))
                    .isInstanceOf(DeadlineException.class);
        }
        assertThat(time.nanos()).isLessThanOrEqualTo(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void limitsAreAboveZero() {
        assertThatThrownBy(() -> trainFor(0, LONG, Problems.bowl(1))).hasMessageContaining("rounds is 0");
        assertThatThrownBy(() -> trainFor(1, Duration.ZERO, Problems.bowl(1))).hasMessageContaining("deadline is PT0S");
    }

    @Test
    void theModelHasTheRunsNumberOfLocalSteps() throws Exception {
        coordinator.localSteps = 30;
        trainFor(2, LONG, model -> {
            int steps = model.localSteps().orElse(1);
            return Problems.bowl(1)
                    .compute(model)
                    .withMetrics(Map.of("steps", (double) steps, "tokens", 512.0 * steps));
        });
        assertThat(coordinator.messages)
                .hasSize(2)
                .allSatisfy(message -> assertThat(message.report().metrics())
                        .containsExactly(Map.entry("steps", 30.0), Map.entry("tokens", 15_360.0)));
    }

    @Test
    void gradientsOfFloatsAndTheirMetricsArriveLikeDoubles() throws Exception {
        GradientFunction floats = model -> {
            float[] values = new float[model.dimension()];
            Gradient doubles = Problems.bowl(1).compute(model);
            for (int j = 0; j < values.length; j++) {
                values[j] = (float) doubles.get(j);
            }
            return Gradient.of(values, 3, 0.5).withMetrics(Map.of("accuracy", 0.25, "broken", Double.NaN));
        };
        GradientFunction same = model -> {
            Gradient gradient = floats.compute(model);
            double[] values = new double[gradient.dimension()];
            for (int j = 0; j < values.length; j++) {
                values[j] = gradient.get(j);
            }
            return Gradient.of(values, 3, 0.5).withMetrics(gradient.metrics());
        };
        trainFor(7, LONG, floats);
        TestCoordinator other = new TestCoordinator(FeedbackMethod.EF21, "plain", "top-k:5", 7);
        try (EvenkeelClient client =
                TestClients.on(other, new MemoryStateStore()).build()) {
            client.train(same);
        }
        assertThat(coordinator.x()).isEqualTo(other.x());
        assertThat(coordinator.messages).allSatisfy(message -> {
            assertThat(message.report().metrics()).containsExactly(Map.entry("accuracy", 0.25));
            assertThat(message.report().samples()).isEqualTo(3);
        });
        assertThat(coordinator.messages.get(3).report().gradientNorm())
                .isEqualTo(other.messages.get(3).report().gradientNorm());
    }
}
