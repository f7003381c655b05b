package io.evenkeel.tools;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RunCancellationTest {

    private final List<String> said = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private String address;
    private int status = 200;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            byte[] body = "{\"detail\":\"it is finished\"}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        address = "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private RunCancellation cancellation() {
        return new RunCancellation(new OperatorApi(URI.create(address), "secret-token"), "demo-x", said::add);
    }

    @Test
    void cancelsARunThatFailsAndNamesIt() {
        cancellation().close();
        assertThat(asked).containsExactly("POST /api/v1/runs/demo-x/cancel");
        assertThat(said)
                .containsExactly(
                        "evenkeel: cancelled run demo-x at " + address + "; its models and records stay there");
    }

    @Test
    void cancelsOnce() {
        RunCancellation cancellation = cancellation();
        cancellation.cancel();
        cancellation.close();
        assertThat(asked).hasSize(1);
        assertThat(said).hasSize(1);
    }

    @Test
    void doesNotCancelAReleasedRun() {
        RunCancellation cancellation = cancellation();
        cancellation.release();
        cancellation.close();
        assertThat(asked).isEmpty();
        assertThat(said).isEmpty();
    }

    @Test
    void printsTheCommandIfItCannotCancel() {
        status = 409;
        cancellation().close();
        assertThat(said)
                .containsExactly(
                        "evenkeel: run demo-x was not cancelled: it is finished",
                        "Cancel it with: ./evenkeel runs cancel demo-x --coordinator " + address);
        assertThat(said).noneMatch(line -> line.contains("secret-token"));
    }
}
