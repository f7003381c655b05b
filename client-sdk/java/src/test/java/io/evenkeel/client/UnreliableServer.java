package io.evenkeel.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An HTTP server whose responses are long, arrive in parts, break off or never end, for tests of transports. */
abstract class UnreliableServer {

    final ExecutorService threads = Executors.newCachedThreadPool();
    final CountDownLatch arrived = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);
    final HttpServer server;

    UnreliableServer() throws IOException {
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

    /** Returns a GET request that accepts a response of at most {@code limit} bytes. */
    final Request get(String path, long limit) {
        return Request.of(
                "GET",
                URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":"
                        + server.getAddress().getPort() + path),
                limit);
    }
}
