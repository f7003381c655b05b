package io.evenkeel.client.internal.training;

import static io.evenkeel.client.TestCoordinator.LAYOUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelClient;
import io.evenkeel.client.Gradient;
import io.evenkeel.client.MemoryStateStore;
import io.evenkeel.client.TestClients;
import io.evenkeel.client.TestCoordinator;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A run keeps its original schedules after its number of rounds has changed. */
class PlanHorizonTest {

    private static final int CREATED_WITH = 4;

    @Test
    void momentumFollowsTheHorizonOfThePlanInsteadOfItsRounds() throws InterruptedException {
        TestCoordinator run = new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "identity+float64", 9);
        run.eta = "horizon:1:0.5";
        run.horizon = CREATED_WITH;

        try (EvenkeelClient client = TestClients.on(run, new MemoryStateStore()).build()) {
            client.train(model -> Gradient.of(filled(1 + model.round())));
        }

        // eta is 1/2: v goes from 1 to (1 + 2)/2, and then to (1.5 + 3)/2.
        assertThat(run.messages.get(1).delta().toDense()).containsOnly(0.5);
        assertThat(run.messages.get(2).delta().toDense()).containsOnly(0.75);
    }

    private static double[] filled(double value) {
        double[] values = new double[LAYOUT.dimension()];
        Arrays.fill(values, value);
        return values;
    }
}
