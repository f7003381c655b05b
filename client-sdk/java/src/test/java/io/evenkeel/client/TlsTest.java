package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsServer;
import io.evenkeel.client.internal.http.Retries;
import io.evenkeel.client.internal.http.StopFlag;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    private Path folder = Path.of("");

    @Test
    void trustsTheConfiguredCertificateOnly() throws Exception {
        KeyStore own = TestTls.selfSigned(folder);
        HttpsServer server = TestTls.serve(TestTls.context(own));
        Request request = Request.of(
                "GET", URI.create("https://localhost:" + server.getAddress().getPort() + "/"), 100);
        FakeTime time = new FakeTime();
        try (JdkTransport trusting = new JdkTransport(LONG, LONG, TestTls.context(own));
                JdkTransport strange = new JdkTransport(LONG, LONG, null)) {
            assertThat(trusting.exchange(request).status()).isEqualTo(204);

            Retries retries = new Retries(strange, time, () -> 0.5, LONG, new StopFlag(), (what, why, pause) -> {});
            assertThatThrownBy(() -> retries.send(request))
                    .isInstanceOf(EvenkeelException.class)
                    .hasMessageContaining("check the TLS certificates");
            assertThat(time.sleeps()).isEmpty();
        } finally {
            server.stop(0);
        }
    }
}
