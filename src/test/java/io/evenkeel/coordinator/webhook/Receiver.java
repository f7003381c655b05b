package io.evenkeel.coordinator.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** A receiver of webhooks. */
final class Receiver implements AutoCloseable {

    final List<Received> received = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;
    private volatile Predicate<HttpExchange> answer = exchange -> false;
    private volatile int status = 204;

    record Received(String path, String id, String timestamp, String signature, String body) {}

    Receiver() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/", this::receive);
        server.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        received.add(new Received(
                exchange.getRequestURI().getPath(),
                exchange.getRequestHeaders().getFirst("webhook-id"),
                exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                exchange.getRequestHeaders().getFirst("webhook-signature"),
                body));
        if (!answer.test(exchange)) {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        }
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort() + "/hooks";
    }

    void answerWith(int newStatus) {
        status = newStatus;
    }

    /** Replaces the response; the function returns true if it has responded or will never respond. */
    void answerBy(Predicate<HttpExchange> other) {
        answer = other;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
