package io.evenkeel.client;

import static io.evenkeel.client.TestCoordinator.RUN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import io.evenkeel.core.feedback.FeedbackMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests wrong settings and broken networks over real sockets. */
abstract class FaultsContract {

    @TempDir
    private Path folder = Path.of("");

    private final FakeTime time = new FakeTime();

    /** Sets the transport under test. */
    abstract ClientBuilder withTransport(ClientBuilder settings);

    private ClientBuilder device(String endpoint) {
        return withTransport(EvenkeelClient.builder(URI.create(endpoint)))
                .run(RUN)
                .enrolmentToken("evk_enrol_test")
                .stateFolder(folder.resolve("device"))
                .time(time);
    }

    /** Enrols the device, which shows that its settings once worked. */
    private void enrol() throws IOException, InterruptedException {
        try (TestServer server = new TestServer(new TestCoordinator(FeedbackMethod.EF21, "plain", "top-k:5", 1))) {
            server.instead.add(new Response(
                    201,
                    Map.of("Content-Type", List.of("application/json")),
                    "{\"client\":\"c1\",\"secret\":\"s\"}".getBytes(StandardCharsets.UTF_8)));
            assertThatThrownBy(() -> TestClients.train(device(server.endpoint().toString())))
                    .isInstanceOf(CoordinatorException.class);
        }
    }

    private void failsAtOnce(ClientBuilder device, String... parts) {
        assertThatThrownBy(() -> TestClients.train(device))
                .isExactlyInstanceOf(EvenkeelException.class)
                .hasMessageContainingAll(parts);
        assertThat(time.sleeps()).isEmpty();
    }

    private void keepsTrying(ClientBuilder device, String... parts) {
        assertThatThrownBy(() -> TestClients.train(device))
                .isInstanceOf(DeadlineException.class)
                .hasMessageContainingAll(parts);
        assertThat(time.sleeps()).hasSizeGreaterThan(2);
    }

    @Test
    void anUnknownHostFailsAtOnceIfTheDeviceWasNeverEnrolled() {
        failsAtOnce(
                device("http://coordinator.invalid"),
                "unknown host coordinator.invalid",
                "check the coordinator's address");
    }

    @Test
    void anUnknownHostIsRetriedIfTheDeviceWasEnrolled() throws Exception {
        enrol();
        keepsTrying(
                device("http://coordinator.invalid"),
                "unknown host coordinator.invalid",
                "the device's credentials are saved; train again");
    }

    @Test
    void tlsToAPlainPortFailsAtOnceIfTheDeviceWasNeverEnrolled() throws IOException {
        try (PlainPort port = new PlainPort()) {
            failsAtOnce(device("https" + port.address()), "does not speak TLS", "use http://");
        }
    }

    @Test
    void tlsToAPlainPortIsRetriedIfTheDeviceWasEnrolled() throws Exception {
        enrol();
        try (PlainPort port = new PlainPort()) {
            keepsTrying(device("https" + port.address()), "does not speak TLS");
        }
    }

    @Test
    void anUntrustedCertificateAlwaysFailsAtOnce() throws Exception {
        HttpsServer server = TestTls.serve(TestTls.context(TestTls.selfSigned(folder)));
        String endpoint = "https://localhost:" + server.getAddress().getPort();
        try {
            failsAtOnce(device(endpoint), "the certificate of localhost is not trusted", "sslContext(...)");
            enrol();
            failsAtOnce(device(endpoint), "the certificate of localhost is not trusted");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void plainHttpToATlsPortSaysWhatToCheck() throws IOException {
        try (PlainPort port = new PlainPort()) {
            assertThatThrownBy(() -> TestClients.train(device("http" + port.address())))
                    .isInstanceOf(CoordinatorException.class)
                    .hasMessageContaining("status 400")
                    .hasMessageContaining("check the address, its scheme (http or https)");
        }
    }

    @Test
    void aRedirectIsReportedWithItsTarget() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Location", "https://coordinator.example/");
            exchange.sendResponseHeaders(308, -1);
            exchange.close();
        });
        server.start();
        try {
            assertThatThrownBy(() -> TestClients.train(
                            device("http://localhost:" + server.getAddress().getPort())))
                    .isInstanceOf(CoordinatorException.class)
                    .hasMessageContaining("it leads to https://coordinator.example/");
        } finally {
            server.stop(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v1", "/api/v1/", "/api", "/prefix/api/v1"})
    void anAddressWithTheApisPathIsRefused(String path) {
        assertThatThrownBy(() -> EvenkeelClient.builder(URI.create("https://coordinator.example" + path)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without /api")
                .hasMessageEndingWith(
                        path.startsWith("/prefix")
                                ? "use https://coordinator.example/prefix"
                                : "use https://coordinator.example");
    }

    @Test
    void anAddressWithAQueryIsRefused() {
        assertThatThrownBy(() -> EvenkeelClient.builder(URI.create("https://coordinator.example?run=digits")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without ? and #");
    }

    @Test
    void reportsIfNothingWasSaved() throws IOException {
        String endpoint = "http://localhost:" + closedPort();
        keepsTrying(device(endpoint).retryFor(Duration.ofSeconds(5)), "nothing was saved yet; train again");
        ClientBuilder inMemory = withTransport(EvenkeelClient.builder(URI.create(endpoint)))
                .run(RUN)
                .enrolmentToken("evk_enrol_test")
                .stateStore(new MemoryStateStore())
                .time(time);
        keepsTrying(inMemory, "the state is kept in memory only; train again");
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void reportsThatTheStateIsSaved() throws Exception {
        try (TestServer server = new TestServer(new TestCoordinator(FeedbackMethod.EF21, "plain", "top-k:5", 3))) {
            GradientFunction failing = model -> {
                if (model.round() == 1) {
                    throw new IOException("the disk with the data is gone");
                }
                return Problems.bowl(1).compute(model);
            };
            try (EvenkeelClient client = device(server.endpoint().toString()).build()) {
                assertThatThrownBy(() -> client.train(failing))
                        .isInstanceOf(EvenkeelException.class)
                        .hasMessageContaining("the gradient function failed in round 1")
                        .hasMessageContaining("the state is saved; fix it and train again");
            }
        }
    }

    /** A port that answers every request with 400, as a web server does for an unreadable one. */
    private static final class PlainPort implements AutoCloseable {

        private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        PlainPort() throws IOException {
            Thread thread = new Thread(this::serve, "plain-port");
            thread.setDaemon(true);
            thread.start();
        }

        String address() {
            return "://localhost:" + socket.getLocalPort();
        }

        private void serve() {
            while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                    assertThat(connection.getInputStream().read(new byte[8192])).isNotZero();
                    connection
                            .getOutputStream()
                            .write("HTTP/1.1 400 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    // The client disconnected, or the port is closed.
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
