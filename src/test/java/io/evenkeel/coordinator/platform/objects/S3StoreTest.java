package io.evenkeel.coordinator.platform.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.coordinator.testing.S3Mock;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Runs the contract against Adobe's S3Mock, and tests the SDK's reaction to servers that fail. */
@OnlyInCi
class S3StoreTest extends ObjectStoreContract {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String BUCKET = S3Mock.shared().newBucket();
    private static final S3Store STORE =
            new S3Store(S3Mock.settings(BUCKET, S3Mock.shared().endpoint(), TIMEOUT));

    @Override
    protected ObjectStore store() {
        return STORE;
    }

    @Test
    void aBucketThatDoesNotExistIsNotAMissingObject() {
        try (S3Store other =
                new S3Store(S3Mock.settings("no-such-bucket", S3Mock.shared().endpoint(), TIMEOUT))) {
            assertThatThrownBy(() -> other.open(new ObjectRange(ObjectNames.next(Instant.now()), 0, 1)))
                    .isInstanceOf(ObjectStoreException.class)
                    .hasMessageContaining("s3://no-such-bucket/some/prefix/ at http://localhost:");
            assertThatThrownBy(other::check).isInstanceOf(ObjectStoreException.class);
        }
    }

    @Test
    void repeatsARequestThatTheServiceCouldNotAnswer() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(requests.incrementAndGet() < 3 ? 503 : 200, -1);
            exchange.close();
        });
        server.start();
        try (S3Store store =
                new S3Store(S3Mock.settings(BUCKET, address(server.getAddress().getPort()), TIMEOUT))) {
            store.put(ObjectNames.next(Instant.now()), Content.of(new byte[100]));
            assertThat(requests).hasValue(3);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void givesUpOnAServiceThatDoesNotAnswer() throws IOException {
        try (ServerSocket silent = new ServerSocket(0);
                S3Store store =
                        new S3Store(S3Mock.settings(BUCKET, address(silent.getLocalPort()), Duration.ofMillis(50)))) {
            assertThatThrownBy(() -> store.put(ObjectNames.next(Instant.now()), Content.of(new byte[1])))
                    .isInstanceOf(ObjectStoreException.class);
        }
    }

    @Test
    void givesUpOnAnUnavailableService() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        try (S3Store store = new S3Store(S3Mock.settings(BUCKET, address(port), TIMEOUT))) {
            assertThatThrownBy(store::check).isInstanceOf(ObjectStoreException.class);
        }
    }

    private static URI address(int port) {
        return URI.create("http://localhost:" + port);
    }
}
