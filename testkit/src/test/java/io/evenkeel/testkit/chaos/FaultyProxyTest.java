package io.evenkeel.testkit.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.testkit.chaos.proxy.Fault;
import io.evenkeel.testkit.chaos.proxy.Faults;
import io.evenkeel.testkit.chaos.proxy.FaultyProxy;
import io.evenkeel.testkit.chaos.proxy.HttpText;
import io.evenkeel.testkit.chaos.verdict.Accepted;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Tests each fault from both sides of the proxy. */
class FaultyProxyTest {

    private static final Duration TIMEOUT = Duration.ofMinutes(10);

    /** Whole messages, in the order in which they arrived. */
    private final List<String> arrived = new CopyOnWriteArrayList<>();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpClient device = HttpClient.newHttpClient();
    private final CountDownLatch nextRound = new CountDownLatch(1);
    private final TrafficRecorder recorder = new TrafficRecorder();
    private HttpServer coordinator;
    private FaultyProxy proxy;

    @BeforeEach
    void start() throws IOException {
        coordinator = serve(0);
        proxy = FaultyProxy.open(List.of(coordinator.getAddress().getPort()), recorder, TIMEOUT);
    }

    @AfterEach
    void stop() throws IOException {
        nextRound.countDown();
        proxy.close();
        coordinator.stop(0);
        threads.shutdownNow();
    }

    private HttpServer serve(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
        return server;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            arrived.add(text);
            String receipt = String.format(
                    "{\"client\":\"c\",\"round\":7,\"includedIn\":7,\"sequence\":1,\"digest\":\"%s\"}",
                    Digest.toHex(Digest.of(text.getBytes(StandardCharsets.UTF_8))));
            byte[] body = receipt.getBytes(StandardCharsets.UTF_8);
            boolean isInLines = exchange.getRequestURI().getQuery() != null;
            if (isInLines) {
                exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
            }
            // Sends no Content-Length, so the body is chunked, as in the coordinator's responses.
            exchange.sendResponseHeaders(201, 0);
            exchange.getResponseBody().write(body);
            if (isInLines) {
                exchange.getResponseBody().write('\n');
                exchange.getResponseBody().flush();
                nextRound.await();
                exchange.getResponseBody().write("{\"round\":8}\n".getBytes(StandardCharsets.UTF_8));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends a message whose response has a second line when the next round opens. */
    private BufferedReader sendAndWait(String message) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        proxy.address().resolve("/api/v1/runs/r/rounds/7/messages/me?wait=30s"))
                .version(HttpClient.Version.HTTP_1_1)
                .PUT(BodyPublishers.ofString(message))
                .build();
        InputStream body = device.send(request, BodyHandlers.ofInputStream()).body();
        return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    @Test
    void aReceiptPassesBeforeTheSecondLineArrives() throws Exception {
        try (BufferedReader answer = sendAndWait("one")) {
            assertThat(answer.readLine()).contains("\"sequence\":1");
            assertThat(recorder.receipts()).hasSize(1);

            nextRound.countDown();
            assertThat(answer.readLine()).isEqualTo("{\"round\":8}");
            assertThat(answer.readLine()).isNull();
        }
    }

    @Test
    void aCutAfterTheReceiptPassesOnlyTheReceipt() throws Exception {
        proxy.inflict(request -> Fault.CUT_AFTER_RECEIPT);

        try (BufferedReader answer = sendAndWait("one")) {
            assertThat(answer.readLine()).contains("\"sequence\":1");
            assertThatThrownBy(answer::readLine).isInstanceOf(IOException.class);
        }
        assertThat(arrived).containsExactly("one");
        assertThat(recorder.receipts()).hasSize(1);
    }

    private void inflict(Fault... faults) {
        Queue<Fault> next = new ArrayDeque<>(List.of(faults));
        proxy.inflict(request -> {
            Fault fault = next.poll();
            return fault == null ? Fault.NONE : fault;
        });
    }

    private HttpResponse<String> send(String message) throws IOException, InterruptedException {
        return device.send(request(message), BodyHandlers.ofString());
    }

    private HttpRequest request(String message) {
        return HttpRequest.newBuilder(proxy.address().resolve("/api/v1/runs/r/rounds/7/messages/me"))
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "Bearer c")
                .PUT(BodyPublishers.ofString(message))
                .build();
    }

    @Test
    void passesAndRecordsRequestsAndResponsesUnchanged() throws Exception {
        HttpResponse<String> answer = send("one");

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body()).contains("\"sequence\":1");
        assertThat(arrived).containsExactly("one");
        long digest = Digest.of("one".getBytes(StandardCharsets.UTF_8));
        assertThat(recorder.receipts()).containsExactly(new Accepted("c", 7, 7, 1, digest));
        assertThat(recorder.messages()).containsOnlyKeys(digest);
    }

    @Test
    void aCutBeforeTheRequestLetsNothingArrive() throws Exception {
        // The JDK's client repeats a PUT by itself if the connection closes.
        proxy.inflict(request -> Fault.CUT_BEFORE);

        assertThatThrownBy(() -> send("one")).isInstanceOf(IOException.class);
        proxy.inflict(request -> Fault.NONE);
        send("two");
        assertThat(arrived).containsExactly("two");
        assertThat(recorder.receipts()).hasSize(1);
    }

    @Test
    void aCutWithinTheRequestLetsNoWholeRequestArrive() throws Exception {
        proxy.inflict(request -> Fault.CUT_WITHIN);

        assertThatThrownBy(() -> send("a longer message")).isInstanceOf(IOException.class);
        proxy.inflict(request -> Fault.NONE);
        send("two");
        assertThat(arrived).containsExactly("two");
        awaitConnections(1);
    }

    /** Waits until the connections that were cut are closed and only the device's is left. */
    private void awaitConnections(int expected) {
        while (proxy.connections() != expected) {
            Thread.onSpinWait();
        }
    }

    @Test
    void messagesHeldBackArriveWhenReleased() {
        proxy.hold(true);
        CompletableFuture<HttpResponse<String>> answer = device.sendAsync(request("one"), BodyHandlers.ofString());
        awaitConnections(1);
        assertThat(arrived).isEmpty();

        proxy.hold(false);
        assertThat(answer.join().statusCode()).isEqualTo(201);
        assertThat(arrived).containsExactly("one");
    }

    @Test
    void aResponseIsLostAfterTheMessageArrived() {
        proxy.inflict(request -> Fault.ANSWER_LOST);

        assertThatThrownBy(() -> send("one")).isInstanceOf(IOException.class);
        assertThat(arrived).isNotEmpty().containsOnly("one");
        assertThat(recorder.receipts()).hasSameSizeAs(arrived);
    }

    @Test
    void aDoubledRequestArrivesTwiceAndIsAnsweredOnce() throws Exception {
        inflict(Fault.DOUBLED);

        assertThat(send("one").statusCode()).isEqualTo(201);
        assertThat(arrived).containsExactly("one", "one");
        assertThat(recorder.receipts()).hasSize(2);
    }

    @Test
    void aDelayedRequestArrives() throws Exception {
        inflict(Fault.DELAYED);

        assertThat(send("one").statusCode()).isEqualTo(201);
        assertThat(arrived).containsExactly("one");
        assertThat(proxy.counts()).containsEntry(Fault.DELAYED, 1);
    }

    @Test
    void aReorderedRequestArrivesAfterTheNextMessageButNotAfterItsOwnRepetition() throws Exception {
        proxy.inflict(request -> Fault.REORDERED);
        assertThatThrownBy(() -> send("one")).isInstanceOf(IOException.class);
        assertThat(arrived).isEmpty();
        proxy.inflict(request -> Fault.NONE);

        send("one");
        assertThat(arrived).containsExactly("one");
        send("two");
        assertThat(arrived).containsExactly("one", "two", "one");
    }

    @Test
    void messagesHeldBackAtTheEndAreDelivered() throws Exception {
        proxy.inflict(request -> Fault.REORDERED);
        assertThatThrownBy(() -> send("one")).isInstanceOf(IOException.class);

        proxy.releaseHeldBack();
        assertThat(arrived).containsExactly("one");
    }

    @Test
    void aRequestWaitsForACoordinatorThatIsDown() throws Exception {
        int port = coordinator.getAddress().getPort();
        coordinator.stop(0);

        CompletableFuture<HttpResponse<String>> answer = device.sendAsync(request("one"), BodyHandlers.ofString());
        coordinator = serve(port);
        assertThat(answer.get().statusCode()).isEqualTo(201);
        assertThat(arrived).containsExactly("one");
    }

    @Test
    @EnabledOnOs(OS.LINUX) // Other systems may not have a second local address.
    void listensOnLocalhostOnly() throws IOException {
        assertThat(proxy.address().getHost()).isEqualTo("127.0.0.1");
        int port = proxy.address().getPort();
        // If the proxy listened on all addresses, binding its port on another local address would fail.
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"))) {
            assertThat(other.isBound()).isTrue();
        }
    }

    @Test
    void theSameSeedGivesTheSameFaults() throws Exception {
        HttpText message = Objects.requireNonNull(HttpText.read(new ByteArrayInputStream(
                "PUT /x/messages/me HTTP/1.1\r\nContent-Length: 2\r\n\r\nab".getBytes(StandardCharsets.US_ASCII))));
        Faults one = Faults.seeded(5, 0.5);
        Faults same = Faults.seeded(5, 0.5);
        List<Fault> drawn = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 200; i++) {
            drawn.add(one.next(message));
            assertThat(same.next(message)).isEqualTo(drawn.get(i));
        }
        assertThat(drawn).contains(Fault.values());
    }
}
