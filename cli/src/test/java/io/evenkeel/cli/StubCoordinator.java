package io.evenkeel.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** A server that returns prepared responses and records the requests. */
public final class StubCoordinator implements AutoCloseable {

    private final HttpServer server;
    private final Map<String, Queue<Answer>> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /**
     * A received request.
     *
     * @param line method, path and query
     * @param token its Authorization header
     * @param tag its If-None-Match header, or null
     * @param body its body
     */
    public record Request(String line, String token, String tag, String body) {}

    private record Answer(int status, String body, Map<String, String> headers, AtomicBoolean given) {

        Answer(int status, String body, Map<String, String> headers) {
            this(status, body, headers, new AtomicBoolean());
        }
    }

    /** Starts the server on a free port of this machine. */
    public StubCoordinator() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String line = exchange.getRequestMethod() + " "
                + exchange.getRequestURI().toString().replaceFirst("^/api/v1", "");
        byte[] body = exchange.getRequestBody().readAllBytes();
        requests.add(new Request(
                line,
                exchange.getRequestHeaders().getFirst("Authorization"),
                exchange.getRequestHeaders().getFirst("If-None-Match"),
                new String(body, StandardCharsets.UTF_8)));
        Answer answer = next(line);
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] content = answer.body().getBytes(StandardCharsets.ISO_8859_1);
        boolean empty = content.length == 0 || answer.status() == 304;
        exchange.sendResponseHeaders(answer.status(), empty ? -1 : content.length);
        exchange.getResponseBody().write(content);
        exchange.close();
    }

    /** Returns the next prepared response; repeats the last one. */
    private Answer next(String line) {
        Queue<Answer> queue = answers.get(line);
        if (queue == null) {
            return new Answer(
                    404, "{\"title\":\"There is nothing at this path\",\"detail\":\"" + line + "\"}", Map.of());
        }
        if (queue.size() > 1 && queue.element().given().get()) {
            queue.remove();
        }
        queue.element().given().set(true);
        return queue.element();
    }

    /** Prepares the next response to a request such as {@code GET /runs/digits}. */
    public StubCoordinator on(String line, int status, String body, Map<String, String> headers) {
        answers.computeIfAbsent(line, key -> new ArrayDeque<>()).add(new Answer(status, body, headers));
        return this;
    }

    /** Prepares a successful response. */
    public StubCoordinator on(String line, String body) {
        return on(line, 200, body, Map.of());
    }

    /** Prepares a problem document. */
    public StubCoordinator problem(String line, int status, String type) {
        return on(
                line,
                status,
                "{\"type\":\"urn:evenkeel:problem:" + type + "\",\"title\":\"A title\",\"detail\":\"the detail\","
                        + "\"action\":\"what to do\"}",
                Map.of("Retry-After", "7"));
    }

    /** Returns the requests so far, in order. */
    public List<Request> requests() {
        return requests;
    }

    /** Returns the method, path and query of each request so far. */
    public List<String> lines() {
        return requests.stream().map(Request::line).toList();
    }

    /** Returns the server's address. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
