package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Tests how training stops and how a device leaves a run. */
class StopTest {

    private final MemoryStateStore store = new MemoryStateStore();
    private final TestCoordinator coordinator =
            new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "top-k:5", 12);

    @Test
    void stopsAfterTheCurrentComputationAndContinuesLater() throws InterruptedException {
        AtomicInteger computed = new AtomicInteger();
        try (EvenkeelClient client = TestClients.on(coordinator, store).build()) {
            RunOutcome outcome = client.train(model -> {
                if (computed.incrementAndGet() == 4) {
                    client.stop();
                }
                return Problems.bowl(1).compute(model);
            });
            assertThat(outcome).isEqualTo(new RunOutcome(RUN, End.STOPPED, 3, 3, 0));
        }
        assertThat(coordinator.messages).hasSize(3);
        assertThat(TestClients.train(TestClients.on(coordinator, store)).end()).isEqualTo(End.FINISHED);
        assertThat(TestClients.g(coordinator, store)).isEqualTo(coordinator.member().g);
    }

    @Test
    void closesFromWithinTheTraining() throws InterruptedException {
        EvenkeelClient[] self = new EvenkeelClient[1];
        ClientListener closing = new ClientListener() {
            @Override
            public void messageAccepted(Receipt receipt) {
                self[0].close();
            }
        };
        EvenkeelClient client =
                TestClients.on(coordinator, store).listener(closing).build();
        self[0] = client;

        assertThat(client.train(Problems.bowl(1)).end()).isEqualTo(End.STOPPED);
        assertThatThrownBy(() -> client.train(Problems.bowl(1)))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void theFirstCallAfterAStopIsStoppedAndLaterOnesAreRefused() throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(coordinator, store).build()) {
            FollowedModel model = client.follow("digits", "production");
            client.stop();
            assertThat(client.train(Problems.bowl(1)).end()).isEqualTo(End.STOPPED);
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> client.train(Problems.bowl(1)),
                    () -> client.work(run -> null),
                    client::leave,
                    model::refresh)) {
                assertThatThrownBy(call)
                        .isInstanceOf(EvenkeelException.class)
                        .hasMessageContaining("the client is stopped: build a new one");
            }
        }
    }

    @Test
    void endsOnAnInterruptAndContinuesLater() throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(coordinator, store).build()) {
            assertThatThrownBy(() -> client.train(model -> {
                        throw new InterruptedException();
                    }))
                    .isInstanceOf(InterruptedException.class);
        }
        assertThat(TestClients.train(TestClients.on(coordinator, store)).accepted())
                .isEqualTo(12);
    }

    @Test
    void runsOneOperationAtATime() throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(coordinator, store).build()) {
            assertThatThrownBy(() -> client.train(model -> {
                        client.train(Problems.bowl(2));
                        return Gradient.skip();
                    }))
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the client is in use");
        }
    }

    @Test
    void leavesWithItsShareAndDeletesItsState() throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(coordinator, store).build()) {
            client.train(Problems.bowl(1));
            client.leave();
        }
        assertThat(coordinator.members).isEmpty();
        assertThat(store.names("")).containsExactly("credentials");
    }

    @Test
    void leavesAgainIfAResponseWasLost() throws InterruptedException {
        try (EvenkeelClient client = TestClients.on(coordinator, store).build()) {
            client.train(Problems.bowl(1));
            coordinator.members.clear();
            client.leave();
        }
        assertThat(store.names("")).containsExactly("credentials");
    }
}
