package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JdkTransportTest extends TransportContract {

    private static final Duration LONG = Duration.ofMinutes(1);

    JdkTransportTest() throws IOException {}

    @Override
    protected Transport transport(Duration silence) {
        return new JdkTransport(LONG, silence, null);
    }

    @Override
    protected Class<? extends IOException> timeout() {
        return HttpTimeoutException.class;
    }

    @Test
    void leavesNoThreadRunningAfterItIsClosed() throws Exception {
        Transport transport = transport(LONG);
        exchangeOnce(transport);
        Thread[] own = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("evenkeel-http"))
                .toArray(Thread[]::new);
        assertThat(own).isNotEmpty();
        transport.close();
        for (Thread thread : own) {
            thread.join();
        }
    }

    private static void exchangeOnce(Transport transport) throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        try {
            URI uri = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
            assertThat(transport.exchange(Request.of("GET", uri, 0)).status()).isEqualTo(204);
        } finally {
            server.stop(0);
        }
    }
}
