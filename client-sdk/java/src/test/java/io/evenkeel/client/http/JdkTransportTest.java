package io.evenkeel.client.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JdkTransportTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private HttpServer server;

    JdkTransportTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.setExecutor(threads);
        server.createContext("/echo", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            exchange.getResponseHeaders().set("X-Was", exchange.getRequestMethod() + " " + type);
            send(exchange, 201, body);
        });
        server.createContext("/large", exchange -> send(exchange, 200, new byte[5000]));
        server.createContext("/chunked", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(new byte[5000]);
            exchange.close();
        });
        server.createContext("/lines", exchange -> {
            firstLine(exchange);
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.getResponseBody().write("second\n".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        server.createContext("/broken", exchange -> {
            firstLine(exchange);
            exchange.getResponseBody().write("sec".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("the server dies");
        });
        server.createContext("/silent", exchange -> {
            arrived.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        released.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void firstLine(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
        exchange.sendResponseHeaders(200, 0);
        exchange.getResponseBody().write("first\n".getBytes(StandardCharsets.UTF_8));
        exchange.getResponseBody().flush();
    }

    private Request get(String path, long limit) {
        return Request.of(
                "GET",
                URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":"
                        + server.getAddress().getPort() + path),
                limit);
    }

    @Test
    void carriesMethodHeadersAndBody() throws Exception {
        byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
        try (JdkTransport transport = new JdkTransport(LONG, LONG, null)) {
            Request get = get("/echo", 100);
            Response answer =
                    transport.exchange(Request.of("PUT", get.uri(), 100).body("text/plain", body));
            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.header("x-was")).hasValue("PUT text/plain");
            assertThat(answer.body()).isEqualTo(body);
        }
    }

    @Test
    void refusesAnAnswerThatIsLongerThanAllowedHoweverItIsSent() throws Exception {
        try (JdkTransport transport = new JdkTransport(LONG, LONG, null)) {
            for (String path : new String[] {"/large", "/chunked"}) {
                assertThatThrownBy(() -> transport.exchange(get(path, 4999)))
                        .isInstanceOf(AnswerTooLongException.class)
                        .hasMessageContaining("4999 bytes");
                assertThat(transport.exchange(get(path, 5000)).body()).hasSize(5000);
            }
        }
    }

    @Test
    void givesUpWhenNothingComesForTheTimeout() {
        try (JdkTransport transport = new JdkTransport(LONG, Duration.ofMillis(30), null)) {
            assertThatThrownBy(() -> transport.exchange(get("/silent", 100))).isInstanceOf(HttpTimeoutException.class);
        }
    }

    @Test
    void waitsLongerWhereTheRequestHasPatience() throws Exception {
        try (JdkTransport transport = new JdkTransport(LONG, Duration.ofMillis(1), null)) {
            Response answer = transport.exchange(get("/large", 5000).patience(LONG));
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    @Test
    void endsAnExchangeThatIsAborted() throws Exception {
        try (JdkTransport transport = new JdkTransport(LONG, LONG, null)) {
            threads.execute(() -> {
                try {
                    arrived.await();
                    transport.abort();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThatThrownBy(() -> transport.exchange(get("/silent", 100)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("aborted");
            assertThatThrownBy(() -> transport.exchange(get("/large", 5000))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void tellsThatNobodyListens() {
        Request request = get("/echo", 100);
        server.stop(0);
        try (JdkTransport transport = new JdkTransport(LONG, LONG, null)) {
            assertThatThrownBy(() -> transport.exchange(request)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void leavesNoThreadOfItsOwnBehind() throws Exception {
        JdkTransport transport = new JdkTransport(LONG, LONG, null);
        transport.exchange(get("/large", 5000));
        Thread[] own = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("evenkeel-http"))
                .toArray(Thread[]::new);
        assertThat(own).isNotEmpty();
        transport.close();
        for (Thread thread : own) {
            thread.join();
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void handsOnTheFirstLineWhileTheServerStillThinksAboutTheNext() throws Exception {
        List<String> lines = new ArrayList<>();
        List<Thread> takers = new ArrayList<>();
        try (JdkTransport transport = new JdkTransport(LONG, LONG, null)) {
            Response answer = transport.exchange(get("/lines", 100).firstLine(line -> {
                lines.add(text(line));
                takers.add(Thread.currentThread());
                released.countDown();
            }));

            assertThat(text(answer.body())).isEqualTo("first\nsecond\n");
            assertThat(answer.isLines()).isTrue();
        }
        assertThat(lines).containsExactly("first");
        assertThat(takers).containsExactly(Thread.currentThread());
    }

    @Test
    void anAnswerThatBreaksOffAfterTheFirstLineIsThatLine() throws Exception {
        List<String> lines = new ArrayList<>();
        try (JdkTransport transport = new JdkTransport(LONG, LONG, null)) {
            Response answer = transport.exchange(get("/broken", 100).firstLine(line -> lines.add(text(line))));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(text(answer.body())).isEqualTo("first");
            assertThat(lines).containsExactly("first");
            // Without somebody who has taken it, it is a failure as ever.
            assertThatThrownBy(() -> transport.exchange(get("/broken", 100))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aServerThatIsSilentAfterTheFirstLineForLongerThanItMayHasSaidThatLine() throws Exception {
        String answer = null;
        // On a busy machine the first line may itself take longer: then it may take longer still.
        for (Duration silence = Duration.ofMillis(30); answer == null; silence = silence.multipliedBy(3)) {
            List<String> lines = new ArrayList<>();
            try (JdkTransport transport = new JdkTransport(LONG, silence, null)) {
                Request request = get("/lines", 100).firstLine(line -> lines.add(text(line)));
                answer = text(transport.exchange(request).body());
            } catch (HttpTimeoutException noLine) {
                assertThat(lines).isEmpty();
            }
        }
        assertThat(answer).isEqualTo("first");
    }

    @Test
    void patienceIsForWhatComesAfterTheFirstLine() {
        try (JdkTransport transport = new JdkTransport(LONG, Duration.ofMillis(30), null)) {
            Request request = get("/silent", 100).patience(LONG).firstLine(line -> {});

            assertThatThrownBy(() -> transport.exchange(request)).isInstanceOf(HttpTimeoutException.class);
        }
    }

    @Test
    void anExchangeThatIsAbortedAfterTheFirstLineHasThatLine() throws Exception {
        try (JdkTransport transport = new JdkTransport(LONG, LONG, null)) {
            Response answer =
                    transport.exchange(get("/lines", 100).firstLine(line -> threads.execute(transport::abort)));

            assertThat(text(answer.body())).isEqualTo("first");
        }
    }

    @Test
    void whatTheTakerOfTheFirstLineThrowsEndsTheExchange() {
        try (JdkTransport transport = new JdkTransport(LONG, LONG, null)) {
            Request request = get("/lines", 100).firstLine(line -> {
                throw new IllegalStateException("no room for it");
            });

            assertThatThrownBy(() -> transport.exchange(request)).hasMessage("no room for it");
        }
    }

    @Test
    void anAnswerThatDoesNotComeInLinesIsNotSplit() throws Exception {
        try (JdkTransport transport = new JdkTransport(LONG, LONG, null)) {
            Request request = Request.of("PUT", get("/echo", 100).uri(), 100)
                    .body("text/plain", "{\n}".getBytes(StandardCharsets.UTF_8))
                    .firstLine(line -> {
                        throw new AssertionError("no line");
                    });

            assertThat(text(transport.exchange(request).body())).isEqualTo("{\n}");
        }
    }
}
