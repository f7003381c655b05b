package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.RunOutcome.End;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests a complete device over real HTTP, with its state in real files. */
class HttpTest {

    @TempDir
    private Path folder = Path.of("");

    private final TestCoordinator coordinator =
            new TestCoordinator(FeedbackMethod.EF21_MOMENTUM, "normalized", "top-k:5", 12);
    private final TestServer server;
    private final FakeTime time = new FakeTime();

    HttpTest() throws IOException {
        server = new TestServer(coordinator);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ClientBuilder device() {
        return EvenkeelClient.builder(server.endpoint())
                .run(RUN)
                .enrolmentToken("evk_enrol_test")
                .stateFolder(folder.resolve("device"))
                .time(time);
    }

    @Test
    void trainsToTheEndAndLeavesItsStateConsistent() throws Exception {
        assertThat(TestClients.train(device())).isEqualTo(new RunOutcome(RUN, End.FINISHED, 12, 12, 0));
        try (FileStateStore store = FileStateStore.open(folder.resolve("device"))) {
            assertThat(TestClients.g(coordinator, store)).isEqualTo(coordinator.member().g);
        }
    }

    @Test
    void waitsAsLongAsTheCoordinatorRequests() throws InterruptedException {
        TestClients.train(device().run(RUN));
        coordinator.log.clear();
        server.instead.add(new Response(503, Map.of("Retry-After", List.of("3")), new byte[0]));
        for (String method : List.of("PUT", "GET")) {
            server.instead.add(
                    coordinator.answer(Request.of(method, URI.create("http://test/api/v1/runs/digits/members/me"), 0)
                            .header("Authorization", "Bearer evk_dev_c1_secret")
                            .body("", "{\"weight\":1}".getBytes(StandardCharsets.UTF_8))));
        }
        server.instead.add(new Response(204, Map.of("Retry-After", List.of("20")), new byte[0]));

        assertThat(TestClients.train(device()).end()).isEqualTo(End.FINISHED);

        assertThat(time.sleeps()).hasSize(2);
        assertThat(time.sleeps().get(0)).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3600));
        assertThat(time.sleeps().get(1)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(24));
    }

    @Test
    void givesUpAfterItsDeadlineAndContinuesLater() throws InterruptedException {
        List<String> retried = new ArrayList<>();
        ClientListener listener = new ClientListener() {
            @Override
            public void retrying(String request, String cause, Duration delay) {
                retried.add(cause);
            }
        };
        for (int i = 0; i < 100; i++) {
            server.instead.add(new Response(503, Map.of(), new byte[0]));
        }
        ClientBuilder hasty = device().retryFor(Duration.ofSeconds(5)).listener(listener);
        assertThatThrownBy(() -> TestClients.train(hasty))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContaining("status 503");
        assertThat(retried).hasSizeBetween(3, 5).containsOnly("status 503");

        server.instead.clear();
        assertThat(TestClients.train(device()).accepted()).isEqualTo(12);
    }

    @Test
    void explainsResponsesThatAreNotTheCoordinators() {
        server.instead.add(json("<html>"));
        assertThatThrownBy(() -> TestClients.train(device()))
                .isInstanceOf(EvenkeelException.class)
                .hasMessageContaining("the enrolment is not a JSON object")
                .hasMessageContaining("check that the endpoint is an Evenkeel coordinator");
        server.instead.add(json("{\"client\":7,\"secret\":\"s\"}"));
        assertThatThrownBy(() -> TestClients.train(device()))
                .hasMessageContaining("the enrolment has 'client' = 7, expected a string");
        server.instead.add(new Response(404, Map.of("Content-Type", List.of("text/html")), new byte[] {'<'}));
        assertThatThrownBy(() -> TestClients.train(device()))
                .isInstanceOf(CoordinatorException.class)
                .hasMessageContaining("status 404 to POST");
    }

    private static Response json(String text) {
        return new Response(
                200, Map.of("Content-Type", List.of("application/json")), text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refusesDamagedCredentials() throws Exception {
        TestClients.train(device());
        Files.writeString(folder.resolve("device").resolve("credentials"), "{\"client\":");
        assertThatThrownBy(() -> TestClients.train(device()))
                .isInstanceOf(StateException.class)
                .hasMessageContaining("credentials is damaged")
                .hasMessageContaining("enrol the device again");
    }

    @Test
    void stopsWhileItWaitsForWork() throws Exception {
        EvenkeelClient[] self = new EvenkeelClient[1];
        ClientListener stopping = new ClientListener() {
            @Override
            public void joined(RunPlan plan, long sequence) {
                self[0].stop();
            }
        };
        self[0] = device().listener(stopping).build();
        try (EvenkeelClient client = self[0]) {
            assertThat(client.train(Problems.bowl(1)).end()).isEqualTo(End.STOPPED);
        }
        assertThat(coordinator.messages).isEmpty();
    }
}
