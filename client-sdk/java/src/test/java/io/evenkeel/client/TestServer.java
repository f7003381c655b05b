package io.evenkeel.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves a {@link TestCoordinator} over real HTTP. */
final class TestServer implements AutoCloseable {

    /** Responses to return once each instead of the coordinator's. */
    final Queue<Response> instead = new ArrayDeque<>();

    private final TestCoordinator coordinator;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    TestServer(TestCoordinator coordinator) throws IOException {
        this.coordinator = coordinator;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/prefix/", this::handle);
        server.start();
    }

    URI endpoint() {
        InetSocketAddress address = server.getAddress();
        return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/prefix/");
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        URI uri = exchange.getRequestURI();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        Request request = Request.of(
                exchange.getRequestMethod(),
                URI.create("http://test" + uri.getRawPath().substring("/prefix".length()) + query),
                0);
        List<String> authorization = exchange.getRequestHeaders().get("Authorization");
        if (authorization != null) {
            request = request.header("Authorization", authorization.get(0));
        }
        Response given = instead.poll();
        Response answer = given != null ? given : coordinator.answer(request.body("", body));
        for (String name : List.of("Content-Type", "Retry-After", "Evenkeel-Sequence", "Evenkeel-Head")) {
            answer.header(name).ifPresent(value -> exchange.getResponseHeaders().set(name, value));
        }
        boolean empty = answer.status() == 204;
        exchange.sendResponseHeaders(answer.status(), empty ? -1 : answer.body().length);
        if (!empty) {
            exchange.getResponseBody().write(answer.body());
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
