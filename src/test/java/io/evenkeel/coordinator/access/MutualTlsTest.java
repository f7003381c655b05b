package io.evenkeel.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.CertificateAuthority;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.Objects;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.catalina.connector.Connector;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.json.JsonMapper;

/** Devices have certificates from the fleet's own authority, created with keytool. The server accepts only TLS. */
@CoordinatorTest
@TestPropertySource(
        properties = {
            "spring.datasource.url=jdbc:h2:mem:mtls;DB_CLOSE_DELAY=-1",
            "evenkeel.device-certificates=required",
            "evenkeel.management.port=0",
            // On a busy machine a handshake takes longer than the default.
            "server.tomcat.connection-timeout=1m",
            "server.ssl.bundle=server",
            "server.ssl.client-auth=want",
            "spring.ssl.bundle.jks.server.key.alias=server",
            "spring.ssl.bundle.jks.server.keystore.password=changeit",
            "spring.ssl.bundle.jks.server.truststore.password=changeit"
        })
class MutualTlsTest {

    private static final String TASK = "/api/v1/runs/none/task";
    private static final JsonMapper JSON = new JsonMapper();
    private static final char[] PASSWORD = "changeit".toCharArray();

    private static Path folder = Path.of("");

    @LocalServerPort
    private int port;

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private ServletWebServerApplicationContext context;

    @DynamicPropertySource
    static void bundle(DynamicPropertyRegistry properties)
            throws GeneralSecurityException, IOException, InterruptedException {
        Path files = Files.createTempDirectory("evenkeel-tls");
        CertificateAuthority authority = new CertificateAuthority(files);
        authority.certify("server", "CN=localhost", "san=dns:localhost");
        authority.certify("meter-1", "CN=meter-1,O=Fleet", "eku=clientAuth");
        authority.certify("meter-2", "CN=meter-2,O=Fleet", "eku=clientAuth");
        authority.certify("meter-3", "CN=meter-3,O=Fleet", "eku=clientAuth");
        folder = files;
        String bundle = "spring.ssl.bundle.jks.server.";
        properties.add(bundle + "keystore.location", () -> "file:" + files.resolve("server.p12"));
        properties.add(bundle + "truststore.location", () -> "file:" + files.resolve("trusted.p12"));
    }

    @Test
    void knowsADeviceByTheCertificateItEnrolledWith() throws Exception {
        String client = enrol("meter-1").get("client");
        assertThat(problem(send("meter-1", "GET", TASK, null, null))).isEqualTo("run-not-found");
        assertThat(jdbc.sql("SELECT certificate FROM client WHERE id = ?")
                        .param(client)
                        .query(String.class)
                        .single())
                .isEqualTo("meter-1");
    }

    @Test
    void refusesAStolenSecretWithoutItsCertificate() throws Exception {
        String secret = enrol("meter-1").get("secret");
        assertThat(problem(send("meter-1", "GET", TASK, secret, null))).isEqualTo("run-not-found");
        assertThat(problem(send("meter-2", "GET", TASK, secret, null))).isEqualTo("unauthenticated");
        assertThat(problem(send(null, "GET", TASK, secret, null))).isEqualTo("unauthenticated");
    }

    @Test
    void refusesACertificateWithoutAnEnrolment() throws Exception {
        assertThat(problem(send("meter-2", "GET", TASK, null, null))).isEqualTo("unauthenticated");
    }

    @Test
    void enrolsNoDeviceWithoutACertificate() throws Exception {
        assertThat(problem(send(null, "POST", "/api/v1/enrolments", null, "{\"token\":\"" + token() + "\"}")))
                .isEqualTo("unauthenticated");
    }

    @Test
    void refusesARevokedDeviceWithItsCertificateToo() throws Exception {
        Map<String, String> enrolled = enrol("meter-1");
        send(null, "DELETE", "/api/v1/clients/" + enrolled.get("client"), CoordinatorTest.OPERATOR_TOKEN, null);
        assertThat(problem(send("meter-1", "GET", TASK, enrolled.get("secret"), null)))
                .isEqualTo("client-revoked");
    }

    @Test
    void enrolsARevokedDeviceAgainWithTheSameCertificate() throws Exception {
        Map<String, String> revoked = enrol("meter-3");
        send(null, "DELETE", "/api/v1/clients/" + revoked.get("client"), CoordinatorTest.OPERATOR_TOKEN, null);
        assertThat(problem(send("meter-3", "GET", TASK, null, null))).isEqualTo("client-revoked");
        String secret = enrol("meter-3").get("secret");
        assertThat(problem(send("meter-3", "GET", TASK, secret, null))).isEqualTo("run-not-found");
    }

    @Test
    void requiresNoCertificateOfOperators() throws Exception {
        assertThat(send(null, "GET", "/api/v1/runs", CoordinatorTest.OPERATOR_TOKEN, null)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void answersProbesInPlainHttpOnTheManagementPort() throws Exception {
        TomcatWebServer server = (TomcatWebServer) Objects.requireNonNull(context.getWebServer());
        Connector management = server.getTomcat().getService().findConnectors()[1];
        HttpRequest probe = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + management.getLocalPort() + "/actuator/health/readiness"))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(probe, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    private Map<String, String> enrol(String certificate) throws Exception {
        HttpResponse<String> answer =
                send(certificate, "POST", "/api/v1/enrolments", null, "{\"token\":\"" + token() + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        Map<?, ?> body = JSON.readValue(answer.body(), Map.class);
        return Map.of("client", String.valueOf(body.get("client")), "secret", String.valueOf(body.get("secret")));
    }

    private String token() throws Exception {
        HttpResponse<String> answer =
                send(null, "POST", "/api/v1/enrolment-tokens", CoordinatorTest.OPERATOR_TOKEN, "{\"uses\":1}");
        return String.valueOf(JSON.readValue(answer.body(), Map.class).get("token"));
    }

    private static String problem(HttpResponse<String> answer) {
        return String.valueOf(JSON.readValue(answer.body(), Map.class).get("type"))
                .replace("urn:evenkeel:problem:", "");
    }

    private HttpResponse<String> send(
            @Nullable String certificate, String method, String path, @Nullable String token, @Nullable String json)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://localhost:" + port + path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        json == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpClient client =
                HttpClient.newBuilder().sslContext(context(certificate)).build();
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static SSLContext context(@Nullable String certificate) throws GeneralSecurityException, IOException {
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store("trusted"));
        SSLContext context = SSLContext.getInstance("TLS");
        if (certificate == null) {
            context.init(null, trust.getTrustManagers(), null);
        } else {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store(certificate), PASSWORD);
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        }
        return context;
    }

    private static KeyStore store(String name) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
            store.load(in, PASSWORD);
        }
        return store;
    }
}
