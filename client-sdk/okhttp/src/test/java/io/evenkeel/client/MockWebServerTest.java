package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.client.okhttp.OkHttpTransport;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests both transports against a server that breaks connections on purpose and speaks HTTP/2. */
class MockWebServerTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path folder = Path.of("");

    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() {
        server.setProtocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    /** Creates a transport, with or without TLS. */
    interface Maker {
        Transport make(TestTls.@Nullable Trust trust);
    }

    static Stream<Maker> transports() {
        return Stream.of(trust -> new JdkTransport(LONG, LONG, trust == null ? null : trust.context()), trust -> {
            OkHttpClient.Builder builder =
                    new OkHttpClient.Builder().readTimeout(LONG).connectTimeout(LONG);
            if (trust != null) {
                SSLContext context = trust.context();
                X509TrustManager manager = trust.manager();
                builder.sslSocketFactory(context.getSocketFactory(), manager);
            }
            return OkHttpTransport.over(builder.build());
        });
    }

    private Request get() {
        return Request.of("GET", URI.create(server.url("/x").toString()), 100_000);
    }

    @ParameterizedTest
    @MethodSource("transports")
    void speaksHttp2OverTls(Maker maker) throws Exception {
        KeyStore keys = TestTls.selfSigned(folder);
        TestTls.Trust trust = TestTls.trust(keys);
        server.useHttps(trust.context().getSocketFactory());
        server.enqueue(new MockResponse.Builder().body("hello").build());
        server.start();
        try (Transport transport = maker.make(trust)) {
            byte[] body = "message".getBytes(StandardCharsets.UTF_8);
            Response response =
                    transport.exchange(Request.of("PUT", get().uri(), 100).body("application/octet-stream", body));
            assertThat(response.body()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
        }
        RecordedRequest request = server.takeRequest();
        assertThat(request.getVersion()).isEqualTo("HTTP/2");
        assertThat(request.getBody().utf8()).isEqualTo("message");
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aConnectionThatBreaksInTheBodyIsAFailure(Maker maker) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body("x".repeat(50_000))
                .onResponseBody(new SocketEffect.CloseSocket(true, false, false))
                .build());
        server.start();
        try (Transport transport = maker.make(null)) {
            assertThatThrownBy(() -> transport.exchange(get())).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aSlowBodyIsNotInterrupted(Maker maker) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body("x".repeat(300))
                .throttleBody(100, 1, TimeUnit.MILLISECONDS)
                .build());
        server.start();
        try (Transport transport = maker.make(null)) {
            assertThat(transport.exchange(get()).body()).hasSize(300);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aStaleConnectionIsReplaced(Maker maker) throws Exception {
        server.enqueue(new MockResponse.Builder()
                .body("first")
                .onResponseEnd(SocketEffect.ShutdownConnection.INSTANCE)
                .build());
        server.enqueue(new MockResponse.Builder().body("second").build());
        server.start();
        try (Transport transport = maker.make(null)) {
            assertThat(transport.exchange(get()).body())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("first");
            assertThat(transport.exchange(get()).body())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("second");
        }
    }
}
