package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests how a device learns of the next round: with the receipt of its message, or by a request. */
class NextTaskTest {

    private final MemoryStateStore store = new MemoryStateStore();
    private final TestCoordinator coordinator =
            new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "top-k:5", 12);

    @Test
    void receivesTheNextRoundWithTheReceiptOfTheLast() throws InterruptedException {
        TestClients.train(TestClients.on(coordinator, store));

        assertThat(questions()).isEqualTo(1);
        assertThat(coordinator.messages).hasSize(12);
    }

    @Test
    void requestsTheNextRoundIfTheResponseIsOnlyTheReceipt() throws InterruptedException {
        coordinator.tellsNextTask = false;

        RunOutcome outcome = TestClients.train(TestClients.on(coordinator, store));

        assertThat(outcome).isEqualTo(new RunOutcome(RUN, End.FINISHED, 12, 12, 0));
        assertThat(questions()).isEqualTo(13);
    }

    @Test
    void requestsTheNextRoundIfTheResponseBreaksOffAfterTheReceipt() throws InterruptedException {
        AtomicInteger sent = new AtomicInteger();
        RunOutcome outcome = TestClients.train(TestClients.on(
                new DirectTransport(
                        coordinator,
                        request -> request.uri().getPath().endsWith("/messages/me") && sent.incrementAndGet() % 3 == 0
                                ? DirectTransport.Fate.REST_LOST
                                : DirectTransport.Fate.DELIVERED),
                store));

        assertThat(outcome).isEqualTo(new RunOutcome(RUN, End.FINISHED, 12, 12, 0));
        assertThat(sent).hasValue(12);
        assertThat(questions()).isEqualTo(1 + 12 / 3);
        assertThat(TestClients.g(coordinator, store)).isEqualTo(coordinator.member().g);
    }

    private long questions() {
        return coordinator.log.stream().filter(line -> line.endsWith("/task")).count();
    }
}
