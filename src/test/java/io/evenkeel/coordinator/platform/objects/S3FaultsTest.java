package io.evenkeel.coordinator.platform.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.coordinator.testing.S3Mock;
import io.evenkeel.engine.OnlyInCi;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests S3Mock behind a proxy that throttles, interrupts downloads, and rejects expired keys. */
@OnlyInCi
class S3FaultsTest {

    private static final String BUCKET = S3Mock.shared().newBucket();

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(1);

    private static final Set<String> NOT_FORWARDED =
            Set.of("connection", "content-length", "date", "expect", "host", "upgrade", "transfer-encoding");

    private static final byte[] BYTES = new byte[300_000];

    static {
        new Random(1).nextBytes(BYTES);
    }

    /** Handles a request at the proxy; returns false to forward it. */
    private interface Fault {
        boolean answers(HttpExchange exchange) throws IOException;
    }

    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile Fault fault = exchange -> false;
    private volatile int cutAfter = Integer.MAX_VALUE;
    private HttpServer proxy;
    private S3Store store;

    @BeforeEach
    void start() throws IOException {
        proxy = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        proxy.createContext("/", this::answer);
        proxy.start();
        store = new S3Store(settings(), PAUSE);
    }

    private StorageSettings settings() {
        return S3Mock.settings(
                BUCKET, URI.create("http://localhost:" + proxy.getAddress().getPort()), TIMEOUT);
    }

    @AfterEach
    void stop() {
        store.close();
        proxy.stop(0);
        System.setProperty("aws.accessKeyId", "test");
        System.clearProperty("aws.sharedCredentialsFile");
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        requests.add(exchange.getRequestMethod());
        try (exchange) {
            if (!fault.answers(exchange)) {
                forward(exchange, body);
            }
        }
    }

    private void forward(HttpExchange exchange, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        S3Mock.shared().endpoint().resolve(exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (!NOT_FORWARDED.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            byte[] found = response.body();
            response.headers()
                    .firstValue("Content-Type")
                    .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
            exchange.sendResponseHeaders(response.statusCode(), found.length == 0 ? -1 : found.length);
            if (found.length > 0) {
                exchange.getResponseBody().write(found, 0, Math.min(found.length, cutAfter));
                exchange.getResponseBody().flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean refuse(HttpExchange exchange, int status, String code) throws IOException {
        byte[] body = ("<Error><Code>" + code + "</Code><Message>refused: " + code + "</Message></Error>")
                .getBytes(StandardCharsets.UTF_8);
        boolean isHead = exchange.getRequestMethod().equals("HEAD");
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        exchange.sendResponseHeaders(status, isHead ? -1 : body.length);
        if (!isHead) {
            exchange.getResponseBody().write(body);
        }
        return true;
    }

    /** Refuses only the next {@code count} requests. */
    private void refuseNext(int count, int status, String code) {
        int until = requests.size() + count;
        fault = exchange -> requests.size() <= until && refuse(exchange, status, code);
    }

    private String stored() {
        String name = ObjectNames.next(Instant.now());
        store.put(name, Content.of(BYTES));
        return name;
    }

    private byte[] read(ObjectRange range) throws IOException {
        try (InputStream in = store.open(range)) {
            return in.readAllBytes();
        }
    }

    private byte[] read(String name) throws IOException {
        return read(new ObjectRange(name, 0, BYTES.length));
    }

    @Test
    void repeatsThrottledRequestsAndThenReportsThem() throws IOException {
        refuseNext(3, 503, "SlowDown");
        String name = stored();
        assertThat(requests).hasSize(4);
        refuseNext(4, 429, "TooManyRequests");
        assertThat(read(name)).isEqualTo(BYTES);

        requests.clear();
        fault = exchange -> refuse(exchange, 503, "SlowDown");
        assertThatThrownBy(() -> read(name))
                .isInstanceOf(ObjectStoreException.class)
                .hasMessageContaining("could not read object " + name)
                .hasMessageContaining("SlowDown")
                .hasMessageContaining("503");
        assertThat(requests).as("attempts").hasSize(5);
    }

    @Test
    void aBrokenDownloadContinuesWhereItStopped() throws IOException {
        String name = stored();
        requests.clear();
        cutAfter = 70_001;
        assertThat(read(name)).isEqualTo(BYTES);
        assertThat(requests).hasSizeGreaterThanOrEqualTo(5);

        assertThat(read(new ObjectRange(name, 100_000, 150_000)))
                .isEqualTo(Arrays.copyOfRange(BYTES, 100_000, 250_000));
    }

    @Test
    void aDownloadThatKeepsBreakingFailsWithItsPosition() {
        String name = stored();
        cutAfter = 10;
        assertThatThrownBy(() -> read(name))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("object " + name + " broke off 11 times")
                .hasMessageContaining("at byte 110");
    }

    @Test
    void anObjectThatIsTooShortIsStillMissing() {
        String name = stored();
        assertThatThrownBy(() -> read(new ObjectRange(name, 0, BYTES.length + 5)))
                .isInstanceOf(MissingObjectException.class)
                .hasMessageContaining("ends before byte " + (BYTES.length + 5));
    }

    /** Accepts requests that are signed with one key. */
    private void acceptOnly(String key, String code) {
        fault = exchange -> {
            String signature = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            return !signature.contains("Credential=" + key + "/") && refuse(exchange, 403, code);
        };
    }

    @Test
    void rereadsCredentialsWhenTheirFileWasReplaced(@TempDir Path folder) throws IOException {
        String name = stored();
        Path file = folder.resolve("credentials");
        System.clearProperty("aws.accessKeyId");
        System.setProperty("aws.sharedCredentialsFile", file.toString());
        write(file, "key-1");
        acceptOnly("key-1", "InvalidAccessKeyId");
        try (S3Store other = new S3Store(settings(), PAUSE)) {
            other.check();
            for (String code : List.of("ExpiredToken", "InvalidAccessKeyId")) {
                String key = "key-" + code;
                write(file, key);
                acceptOnly(key, code);
                try (InputStream in = other.open(new ObjectRange(name, 0, BYTES.length))) {
                    assertThat(in.readAllBytes()).isEqualTo(BYTES);
                }
            }
            write(file, "key-4");
            acceptOnly("key-4", "ExpiredToken");
            other.check();
        }
    }

    private static void write(Path file, String key) throws IOException {
        Files.writeString(file, "[default]\naws_access_key_id = " + key + "\naws_secret_access_key = secret\n");
    }

    @Test
    void triesOnceIfThereAreNoNewCredentials() {
        String name = stored();
        requests.clear();
        acceptOnly("another", "ExpiredToken");
        assertThatThrownBy(() -> read(name))
                .isInstanceOf(ObjectStoreException.class)
                .hasMessageContaining("ExpiredToken");
        assertThat(requests).hasSize(2);
        assertThatThrownBy(store::check).isInstanceOf(ObjectStoreException.class);
        assertThat(requests).hasSize(4);

        acceptOnly("another", "AccessDenied");
        requests.clear();
        assertThatThrownBy(() -> read(name)).hasMessageContaining("AccessDenied");
        assertThat(requests).as("new credentials would not help").hasSize(1);
    }
}
