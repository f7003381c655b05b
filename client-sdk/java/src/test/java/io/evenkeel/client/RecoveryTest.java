package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests how a device reacts if it and the coordinator disagree about the accepted messages. */
class RecoveryTest {

    private final MemoryStateStore disk = new MemoryStateStore();
    private TestCoordinator coordinator =
            new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "top-k:5", 12);
    private final List<Long> recovered = new ArrayList<>();
    private final ClientListener listener = new ClientListener() {
        @Override
        public void recovered(long sequence) {
            recovered.add(sequence);
        }
    };

    @ParameterizedTest
    @EnumSource(FeedbackMethod.class)
    void recoversItsStateAfterItLostItsDisk(FeedbackMethod method) throws InterruptedException {
        coordinator = new TestCoordinator(method, "normalized", "top-k:5", 12);
        trainRounds(disk, 5);
        MemoryStateStore newDisk = new MemoryStateStore();

        TestClients.train(withOldCredentials(newDisk));

        assertThat(recovered).containsExactly(5L);
        assertThat(coordinator.messages).hasSize(12);
        if (method.retainsSum()) {
            assertThat(TestClients.g(coordinator, newDisk)).isEqualTo(coordinator.member().g);
        }
    }

    @Test
    void startsFromZeroAfterItWasRemovedFromTheRun() throws InterruptedException {
        trainRounds(disk, 5);
        coordinator.remove("c1");

        TestClients.train(TestClients.on(coordinator, disk).listener(listener));

        assertThat(recovered).containsExactly(0L);
        assertThat(TestClients.g(coordinator, disk)).isEqualTo(coordinator.member().g);
        assertThat(coordinator.messages).hasSize(12);
    }

    @Test
    void failsIfItsStateIsAnOlderCopy() throws InterruptedException {
        trainRounds(disk, 3);
        MemoryStateStore copy = copy(disk);
        trainRounds(disk, 2);

        assertThatThrownBy(() -> TestClients.train(TestClients.on(coordinator, copy)))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("is at message 3")
                .hasMessageContaining("coordinator at message 5")
                .hasMessageContaining("onDivergence(RECOVER)");
        assertThat(coordinator.messages).hasSize(5);
    }

    @Test
    void continuesFromAnOlderCopyIfConfigured() throws InterruptedException {
        trainRounds(disk, 3);
        MemoryStateStore copy = copy(disk);
        trainRounds(disk, 2);

        TestClients.train(TestClients.on(coordinator, copy).listener(listener).onDivergence(OnDivergence.RECOVER));

        assertThat(recovered).containsExactly(5L);
        assertThat(TestClients.g(coordinator, copy)).isEqualTo(coordinator.member().g);
    }

    @Test
    void neverRecoversIfConfiguredNotTo() throws InterruptedException {
        trainRounds(disk, 3);
        assertThatThrownBy(() -> TestClients.train(
                        withOldCredentials(new MemoryStateStore()).onDivergence(OnDivergence.FAIL)))
                .isInstanceOf(DivergedException.class);
    }

    @Test
    void detectsACloneThatSendsInBetween() throws InterruptedException {
        trainRounds(disk, 3);
        MemoryStateStore copy = copy(disk);
        coordinator.beforeNextMessage = () -> runQuietly(() -> trainRounds(copy, 1, 2));

        assertThatThrownBy(() -> TestClients.train(TestClients.on(coordinator, disk)))
                .isInstanceOf(DivergedException.class);
        assertThat(TestClients.g(coordinator, copy)).isEqualTo(coordinator.member().g);
    }

    @Test
    void refusesTheStateOfAnotherClient() throws InterruptedException {
        trainRounds(disk, 3);
        ClientBuilder stranger = TestClients.on(coordinator, disk).credentials("c9", coordinator.register("c9"));
        assertThatThrownBy(() -> TestClients.train(stranger))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("belongs to client c1, but this is client c9");
    }

    @Test
    void refusesTheStateOfAReplacedRun() throws InterruptedException {
        trainRounds(disk, 3);
        TestCoordinator replaced = new TestCoordinator(FeedbackMethod.EF14, "plain", "top-k:5", 12);
        replaced.register("c1");
        assertThatThrownBy(() -> TestClients.train(TestClients.on(replaced, disk)))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("the run was replaced by another");
    }

    @Test
    void refusesAPlanItDoesNotUnderstand() {
        TestCoordinator newer = new TestCoordinator(FeedbackMethod.EF21, "normalized", "telepathy:3", 12);
        assertThatThrownBy(() -> TestClients.train(TestClients.on(newer, disk)))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("telepathy")
                .hasMessageContaining("update the client");
    }

    private ClientBuilder withOldCredentials(MemoryStateStore store) {
        return TestClients.on(coordinator, store).listener(listener).credentials("c1", coordinator.register("c1"));
    }

    private void trainRounds(MemoryStateStore store, int rounds) throws InterruptedException {
        trainRounds(store, rounds, 1);
    }

    private void trainRounds(MemoryStateStore store, int rounds, int data) throws InterruptedException {
        int[] accepted = {0};
        EvenkeelClient[] client = new EvenkeelClient[1];
        ClientListener counting = new ClientListener() {
            @Override
            public void messageAccepted(Receipt receipt) {
                if (++accepted[0] == rounds) {
                    client[0].stop();
                }
            }
        };
        client[0] = TestClients.on(coordinator, store).listener(counting).build();
        try (EvenkeelClient training = client[0]) {
            training.train(Problems.bowl(data));
        }
    }

    private static MemoryStateStore copy(MemoryStateStore from) {
        MemoryStateStore to = new MemoryStateStore();
        for (String name : from.names("")) {
            byte[] piece = from.read(name);
            to.write(name, out -> out.write(piece == null ? new byte[0] : piece));
        }
        return to;
    }

    /** Work that may be interrupted. */
    private interface Work {

        void run() throws InterruptedException;
    }

    private static void runQuietly(Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
