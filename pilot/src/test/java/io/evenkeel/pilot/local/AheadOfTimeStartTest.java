package io.evenkeel.pilot.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorApplication;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.aot.AotDetector;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.SpringProperties;

/** What the build wrote of the coordinator's beans, against what a start finds out. */
class AheadOfTimeStartTest {

    private static final String ENABLED = "spring.aot.enabled";

    /** What finds beans out, which is done with once they are written down. */
    private static final List<String> WORKINGS = List.of(
            "org.springframework.context.annotation.internal",
            "org.springframework.boot.autoconfigure.internal",
            "data-jpa.repository-aot-processor");

    @TempDir
    private Path folder;

    @AfterEach
    void leaveNoTrace() {
        System.clearProperty(ENABLED);
        SpringProperties.setProperty(ENABLED, null);
    }

    private ConfigurableApplicationContext start(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--evenkeel.data=" + folder,
                "--evenkeel.operator-token=evk_op_0123456789012345678901234567890123456789012",
                "--spring.main.banner-mode=off",
                "--logging.threshold.console=OFF"));
        arguments.addAll(Arrays.asList(more));
        return CoordinatorApplication.application().run(arguments.toArray(String[]::new));
    }

    private Path keyStore() throws IOException, InterruptedException {
        Path file = folder.resolve("server.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        return file;
    }

    private static Set<String> beans(ConfigurableApplicationContext context) {
        Set<String> names = new TreeSet<>(List.of(context.getBeanDefinitionNames()));
        names.removeIf(name -> WORKINGS.stream().anyMatch(name::startsWith));
        return names;
    }

    @Test
    void hasTheSameBeansWhateverTheValuesOfItsSettings() throws IOException, InterruptedException {
        Set<String> prepared;
        try (ConfigurableApplicationContext context = start()) {
            assertThat(AotDetector.useGeneratedArtifacts()).isTrue();
            prepared = beans(context);
        }
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            System.setProperty(ENABLED, "false");
            try (ConfigurableApplicationContext context = start(
                    "--spring.datasource.url=" + postgres.getJdbcUrl("postgres", "postgres"),
                    "--spring.datasource.username=postgres",
                    "--spring.datasource.hikari.maximum-pool-size=5",
                    "--spring.lifecycle.timeout-per-shutdown-phase=5s",
                    "--server.compression.enabled=true",
                    "--server.http2.enabled=true",
                    "--server.max-http-request-header-size=16KB",
                    "--server.shutdown=immediate",
                    "--server.ssl.bundle=server",
                    "--spring.ssl.bundle.jks.server.keystore.location=file:" + keyStore(),
                    "--spring.ssl.bundle.jks.server.keystore.password=changeit",
                    "--server.tomcat.threads.max=20",
                    "--server.tomcat.mbeanregistry.enabled=true",
                    "--management.metrics.system.diskspace.paths=" + folder,
                    "--evenkeel.management.port=0")) {
                assertThat(AotDetector.useGeneratedArtifacts()).isFalse();
                assertThat(prepared).containsExactlyElementsOf(beans(context));
            }
        }
    }

    @Test
    void servesOnPostgresToo() throws IOException, InterruptedException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
                ConfigurableApplicationContext context = start(
                        "--spring.datasource.url=" + postgres.getJdbcUrl("postgres", "postgres"),
                        "--spring.datasource.username=postgres")) {
            assertThat(AotDetector.useGeneratedArtifacts()).isTrue();
            String port = context.getEnvironment().getProperty("local.server.port");
            assertThat(HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(URI.create(
                                                    "http://127.0.0.1:" + port + "/actuator/health/readiness"))
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void findsItsBeansAnewWithAProfile() {
        try (ConfigurableApplicationContext context = start("--spring.profiles.active=tracing")) {
            assertThat(AotDetector.useGeneratedArtifacts()).isFalse();
            assertThat(beans(context)).contains("otelTracer");
        }
    }
}
