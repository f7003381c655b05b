package io.evenkeel.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests that the Dockerfile meets the chart's assumptions, and that its health check distinguishes ready from
 * not ready.
 */
class ImageTest {

    @Test
    void runsAsTheNumericUserThatTheChartRunsItAs() throws IOException {
        assertThat(instructions("USER")).containsExactly("USER 10001:10001");
        assertThat(Chart.render(Chart.valueSet("ingress"))
                        .pods()
                        .get(0)
                        .getSecurityContext()
                        .getRunAsUser())
                .isEqualTo(10001);
    }

    @Test
    void pinsItsBasesToTheSameJavaRelease() throws IOException {
        String base = "FROM eclipse-temurin:25\\.\\d+\\.\\d+_\\d+-(jdk|jre)-noble@sha256:[0-9a-f]{64}( AS build)?";
        assertThat(instructions("FROM"))
                .hasSize(2)
                .allMatch(line -> line.matches(base))
                .extracting(line -> line.replaceAll("-j.*|.*temurin:", ""))
                .containsOnly(instructions("FROM").get(0).replaceAll("-j.*|.*temurin:", ""));
    }

    @Test
    void keepsItsDataWhereTheChartMountsTheVolume() throws IOException {
        assertThat(instructions("VOLUME")).containsExactly("VOLUME /var/lib/evenkeel/data");
        assertThat(instructions("EXPOSE")).containsExactly("EXPOSE 8080 8081");
    }

    @Test
    void startsInExecFormSoThatTheCoordinatorGetsTheSignals() throws IOException {
        assertThat(instructions("ENTRYPOINT")).singleElement().asString().startsWith("ENTRYPOINT [\"java\", ");
        assertThat(instructions("CMD")).isEmpty();
    }

    @Test
    void letsOptionsOfTheUserReplaceItsOwn() throws IOException, InterruptedException {
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:Flags=" + Chart.REPOSITORY.resolve("ops/image/jvm-flags"),
                "-XX:+PrintFlagsFinal",
                "-version");
        java.environment().put("JDK_JAVA_OPTIONS", "-XX:MaxRAMPercentage=35");
        Process process = java.redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String flags = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isZero();
        assertThat(flags)
                .containsPattern(" MaxRAMPercentage += 35\\.0")
                .containsPattern(" ExitOnOutOfMemoryError += true")
                .containsPattern(" InitialHeapSize += 33554432 ");
        assertThat(instructions("ENTRYPOINT").get(0)).contains("\"-XX:Flags=/opt/evenkeel/jvm-flags\"");
    }

    @ParameterizedTest
    @CsvSource({"200, 0", "503, 1"})
    void isHealthyWhenReady(int status, int exitCode) throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/actuator/health/readiness", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        try {
            assertThat(healthcheck(server.getAddress().getPort())).isEqualTo(exitCode);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void isUnhealthyWhenNothingListens() throws IOException, InterruptedException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }

        assertThat(healthcheck(port)).isEqualTo(1);
    }

    private static int healthcheck(int port) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                "bash", Chart.REPOSITORY.resolve("ops/image/healthcheck").toString());
        builder.environment().put("EVENKEEL_MANAGEMENT_PORT", Integer.toString(port));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD);
        return builder.start().waitFor();
    }

    private static List<String> instructions(String name) throws IOException {
        return Files.readAllLines(Chart.REPOSITORY.resolve("Dockerfile")).stream()
                .filter(line -> line.startsWith(name + " "))
                .toList();
    }
}
