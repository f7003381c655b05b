package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.feedback.FeedbackMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests enrolment and the rotation of secrets. */
class CredentialsTest {

    private final MemoryStateStore store = new MemoryStateStore();
    private final TestCoordinator coordinator =
            new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "top-k:5", 12);

    @Test
    void enrolsOnceAndReturnsAsTheSameClient() throws InterruptedException {
        TestClients.train(TestClients.on(coordinator, store));
        RunOutcome again = TestClients.train(TestClients.on(coordinator, store).enrolmentToken("spent"));

        assertThat(again.accepted()).isZero();
        assertThat(coordinator.credentials.enrolments).isEqualTo(1);
        assertThat(coordinator.members).hasSize(1);
    }

    @Test
    void usesTheTokenOnceEvenIfResponsesAreLost() throws InterruptedException {
        AtomicInteger lost = new AtomicInteger(3);
        TestClients.train(TestClients.on(
                new DirectTransport(
                        coordinator,
                        request -> request.uri().getPath().endsWith("/enrolments") && lost.getAndDecrement() > 0
                                ? DirectTransport.Fate.ANSWER_LOST
                                : DirectTransport.Fate.DELIVERED),
                store));

        assertThat(coordinator.log.subList(0, 4)).containsOnly("POST enrolments");
        assertThat(coordinator.credentials.enrolments).isEqualTo(1);
    }

    @Test
    void changesItsSecretAndReturnsWithTheNewOne() throws InterruptedException {
        List<String> sent = new ArrayList<>();
        Transport transport = new DirectTransport(coordinator, request -> {
            sent.add(request.headers().getOrDefault("Authorization", ""));
            return DirectTransport.Fate.DELIVERED;
        });
        try (EvenkeelClient client = TestClients.on(transport, store).build()) {
            client.rotateSecret();
            client.train(Problems.bowl(1));
        }
        TestClients.train(TestClients.on(coordinator, store));

        assertThat(sent.subList(0, 3)).containsExactly("", "Bearer evk_dev_c1_secret", "Bearer evk_dev_c1_rotated1");
        assertThat(coordinator.credentials.enrolments).isEqualTo(1);
    }

    @Test
    void savesANewSecretBeforeItUsesIt() throws InterruptedException {
        Transport dying = new DirectTransport(
                coordinator,
                request -> request.headers().getOrDefault("Authorization", "").endsWith("_rotated1")
                        ? DirectTransport.Fate.DEVICE_DIES_BEFORE
                        : DirectTransport.Fate.DELIVERED);
        try (EvenkeelClient client = TestClients.on(dying, store).build()) {
            client.rotateSecret();
            assertThatThrownBy(() -> client.train(Problems.bowl(1))).isInstanceOf(CrashingStateStore.Crash.class);
        }
        List<String> sent = new ArrayList<>();
        TestClients.train(TestClients.on(
                new DirectTransport(coordinator, request -> {
                    sent.add(request.headers().getOrDefault("Authorization", ""));
                    return DirectTransport.Fate.DELIVERED;
                }),
                store));
        assertThat(sent).containsOnly("Bearer evk_dev_c1_rotated1");
    }

    @Test
    void refusesToRotateConfiguredCredentials() {
        try (EvenkeelClient client = TestClients.on(coordinator, store)
                .credentials("c7", coordinator.register("c7"))
                .build()) {
            assertThatThrownBy(client::rotateSecret)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("credentials(...)");
        }
    }

    @Test
    void requiresATokenIfItHasNoCredentials() {
        ClientBuilder builder = EvenkeelClient.builder(TestClients.ENDPOINT)
                .run(RUN)
                .stateStore(store)
                .transport(DirectTransport.reliable(coordinator));
        assertThatThrownBy(() -> TestClients.train(builder))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("enrolmentToken(");
    }
}
