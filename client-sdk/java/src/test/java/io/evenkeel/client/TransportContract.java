package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.client.internal.http.ResponseTooLongException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests every transport over real sockets. */
public abstract class TransportContract extends UnreliableServer {

    private static final Duration LONG = Duration.ofMinutes(1);

    protected TransportContract() throws IOException {}

    /** Returns the transport under test, with a timeout for periods without traffic. */
    protected abstract Transport transport(Duration silence);

    /** Returns the class of the timeout exception. */
    protected abstract Class<? extends IOException> timeout();

    @Test
    void carriesMethodHeadersAndBody() throws Exception {
        byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
        try (Transport transport = transport(LONG)) {
            Request get = get("/echo", 100);
            Response answer =
                    transport.exchange(Request.of("PUT", get.uri(), 100).body("text/plain", body));
            assertThat(answer.status()).isEqualTo(201);
            assertThat(answer.header("x-was")).hasValue("PUT text/plain");
            assertThat(answer.body()).isEqualTo(body);
        }
    }

    @Test
    void refusesAResponseThatIsTooLong() throws Exception {
        try (Transport transport = transport(LONG)) {
            for (String path : new String[] {"/large", "/chunked"}) {
                assertThatThrownBy(() -> transport.exchange(get(path, 4999)))
                        .isInstanceOf(ResponseTooLongException.class)
                        .hasMessageContaining("4999 bytes");
                assertThat(transport.exchange(get(path, 5000)).body()).hasSize(5000);
            }
        }
    }

    @Test
    void timesOutWithoutTraffic() {
        try (Transport transport = transport(Duration.ofMillis(30))) {
            assertThatThrownBy(() -> transport.exchange(get("/silent", 100))).isInstanceOf(timeout());
        }
    }

    @Test
    void waitsLongerIfTheRequestHasAnExtraTimeout() throws Exception {
        try (Transport transport = transport(Duration.ofMillis(1))) {
            Response answer = transport.exchange(get("/large", 5000).extraTimeout(LONG));
            assertThat(answer.status()).isEqualTo(200);
        }
    }

    static Stream<Arguments> anEndlessResponseDoesNotBlockTheDevice() {
        String ok = "HTTP/1.1 200 OK\r\n";
        String chunked = ok + "Transfer-Encoding: chunked\r\n\r\n";
        return Stream.of(
                Arguments.of("", "HTTP/1.1 100 Continue\r\n\r\n"),
                Arguments.of("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
                Arguments.of("", "H"),
                Arguments.of(ok, "X-More: y\r\n"),
                Arguments.of(ok + "X-Long: ", "y"),
                Arguments.of(ok + "Content-Length: 1000000\r\n\r\n", "y"),
                Arguments.of(chunked, "1\r\ny\r\n"),
                Arguments.of(chunked + "0\r\n", "X-Trailer: y\r\n"));
    }

    /** Endless informational responses, headers, trailers or bytes, at full speed or slowly. */
    @ParameterizedTest
    @MethodSource
    void anEndlessResponseDoesNotBlockTheDevice(String start, String piece) throws Exception {
        for (long pause : new long[] {0, 1}) {
            try (RawServer hostile = new RawServer(RawServer.endless(start, piece, pause));
                    Transport transport = transport(Duration.ofMillis(300))) {
                Request request = Request.of("GET", hostile.uri(), 1_000_000).longest(Duration.ofMillis(400));
                // Bytes after the end of a body are ignored, and a body that arrives fast enough is accepted.
                Throwable failure = catchThrowable(() -> transport.exchange(request));
                if (failure != null) {
                    assertThat(failure).isInstanceOfAny(IOException.class, EvenkeelException.class);
                } else {
                    assertThat(start).contains("\r\n\r\n");
                }
            }
        }
    }

    @Test
    void endsAnExchangeThatIsAborted() throws Exception {
        try (Transport transport = transport(LONG)) {
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
    void exchangesWhileAnotherRequestWaits() throws Exception {
        try (Transport transport = transport(LONG)) {
            Future<Response> waiting = threads.submit(() -> transport.exchange(get("/silent", 100)));
            arrived.await();
            assertThat(transport.exchange(get("/large", 5000)).status()).isEqualTo(200);
            assertThat(waiting).isNotDone();
            transport.abort();
            assertThatThrownBy(waiting::get)
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("aborted");
        }
    }

    @Test
    void anInterruptEndsTheExchange() throws Exception {
        try (Transport transport = transport(LONG)) {
            Thread sender = Thread.currentThread();
            threads.execute(() -> {
                try {
                    arrived.await();
                    sender.interrupt();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            assertThatThrownBy(() -> transport.exchange(get("/silent", 100))).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void redirectsAreNotFollowed() throws Exception {
        server.createContext("/moved", exchange -> {
            exchange.getResponseHeaders().set("Location", "/large");
            exchange.sendResponseHeaders(307, -1);
            exchange.close();
        });
        try (Transport transport = transport(LONG)) {
            Response response = transport.exchange(get("/moved", 5000));
            assertThat(response.status()).isEqualTo(307);
            assertThat(response.header("location")).hasValue("/large");
        }
    }

    @Test
    void methodsWithoutABodyAndEmptyResponsesAreCarried() throws Exception {
        server.createContext("/empty", exchange -> {
            exchange.getResponseHeaders().set("X-Was", exchange.getRequestMethod());
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        try (Transport transport = transport(LONG)) {
            for (String method : List.of("GET", "DELETE", "POST", "PUT")) {
                Response response =
                        transport.exchange(Request.of(method, get("/empty", 0).uri(), 0));
                assertThat(response.status()).isEqualTo(204);
                assertThat(response.header("X-Was")).hasValue(method);
                assertThat(response.body()).isEmpty();
            }
        }
    }

    @Test
    void reportsThatNoServerListens() {
        Request request = get("/echo", 100);
        server.stop(0);
        try (Transport transport = transport(LONG)) {
            assertThatThrownBy(() -> transport.exchange(request)).isInstanceOf(ConnectException.class);
        }
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void passesOnTheFirstLineBeforeTheNextArrives() throws Exception {
        List<String> lines = new ArrayList<>();
        List<Thread> takers = new ArrayList<>();
        try (Transport transport = transport(LONG)) {
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
    void aResponseThatBreaksOffAfterTheFirstLineConsistsOfIt() throws Exception {
        List<String> lines = new ArrayList<>();
        try (Transport transport = transport(LONG)) {
            Response answer = transport.exchange(get("/broken", 100).firstLine(line -> lines.add(text(line))));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(text(answer.body())).isEqualTo("first");
            assertThat(lines).containsExactly("first");
            // Without a consumer of the first line, the request fails.
            assertThatThrownBy(() -> transport.exchange(get("/broken", 100))).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aTimeoutAfterTheFirstLineReturnsThatLine() throws Exception {
        String answer = null;
        // On a busy machine the first line itself may take longer than the timeout; then the test tries a longer
        // timeout.
        for (Duration silence = Duration.ofMillis(30); answer == null; silence = silence.multipliedBy(3)) {
            List<String> lines = new ArrayList<>();
            try (Transport transport = transport(silence)) {
                Request request = get("/lines", 100).firstLine(line -> lines.add(text(line)));
                answer = text(transport.exchange(request).body());
            } catch (IOException noLine) {
                assertThat(noLine).isInstanceOf(timeout());
                assertThat(lines).isEmpty();
            }
        }
        assertThat(answer).isEqualTo("first");
    }

    @Test
    void theExtraTimeoutAppliesAfterTheFirstLineOnly() {
        try (Transport transport = transport(Duration.ofMillis(30))) {
            Request request = get("/silent", 100).extraTimeout(LONG).firstLine(line -> {});

            assertThatThrownBy(() -> transport.exchange(request)).isInstanceOf(timeout());
        }
    }

    @Test
    void anAbortAfterTheFirstLineReturnsThatLine() throws Exception {
        try (Transport transport = transport(LONG)) {
            Response answer =
                    transport.exchange(get("/lines", 100).firstLine(line -> threads.execute(transport::abort)));

            assertThat(text(answer.body())).isEqualTo("first");
        }
    }

    @Test
    void anExceptionOfTheFirstLinesConsumerEndsTheExchange() {
        try (Transport transport = transport(LONG)) {
            Request request = get("/lines", 100).firstLine(line -> {
                throw new IllegalStateException("no room for it");
            });

            assertThatThrownBy(() -> transport.exchange(request)).hasMessage("no room for it");
        }
    }

    @Test
    void aResponseThatIsNotInLinesIsNotSplit() throws Exception {
        try (Transport transport = transport(LONG)) {
            Request request = Request.of("PUT", get("/echo", 100).uri(), 100)
                    .body("text/plain", "{\n}".getBytes(StandardCharsets.UTF_8))
                    .firstLine(line -> {
                        throw new AssertionError("no line");
                    });

            assertThat(text(transport.exchange(request).body())).isEqualTo("{\n}");
        }
    }
}
