package io.evenkeel.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.engine.OnlyInCi;
import io.evenkeel.tools.process.CoordinatorJar;
import io.evenkeel.tools.process.CoordinatorProcess;
import io.evenkeel.tools.process.TemporaryFolder;
import io.evenkeel.tools.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Runs a small fleet against a coordinator in a separate JVM. */
@OnlyInCi
class LoadIT {

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(new PrintStream(shown, true, StandardCharsets.UTF_8), false, 80);

    @Test
    void everyReceiptIsInARound() throws Exception {
        try (TemporaryFolder folder = new TemporaryFolder("evenkeel-load-test-");
                CoordinatorProcess process = new CoordinatorProcess(
                        CoordinatorJar.archived(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx512m")),
                        folder.path().resolve("coordinator.log"),
                        CoordinatorProcess.newToken(),
                        List.of(),
                        List.of("--evenkeel.data=" + folder.path()))) {
            process.start();
            process.awaitUp();

            LoadResult polling = run(
                    process,
                    new LoadSettings(
                            20, 1_000, "top-k:0.05", null, Duration.ZERO, Duration.ofMinutes(10), 100L, null, true));
            assertThat(polling.tally().accepted()).isBetween(100L, 140L);
            assertThat(polling.tally().refusals()).isEmpty();
            assertThat(polling.recorded()).isEqualTo(polling.receipts());
            assertThat(polling.rounds()).isGreaterThanOrEqualTo(4);
            assertThat(polling.serverMillis()).isPositive();
            assertThat(Objects.requireNonNull(polling.after()).process().residentBytes())
                    .isGreaterThan(50_000_000);
            assertThat(polling.heap().mostBytes()).isBetween(400L << 20, 600L << 20);

            LoadResult flooding = run(
                    process,
                    new LoadSettings(
                            20, 1_000, "top-k:0.05", null, Duration.ZERO, Duration.ofMinutes(10), 100L, 2_000, false));
            assertThat(flooding.tally().repeated()).isPositive();
            assertThat(flooding.recorded()).isEqualTo(flooding.receipts());

            assertThat(new LoadReport(flooding).lines())
                    .anyMatch(line -> line.contains("repeated"))
                    .anyMatch(line -> line.contains("yes: "));
            assertThat(shown.toString(StandardCharsets.UTF_8)).contains("device 20/20");

            LoadSettings part =
                    new LoadSettings(10, 20_000, "top-k:0.05", null, Duration.ZERO, Duration.ZERO, null, null, false);
            FleetResult fleet = new FleetLoad(
                            new FleetLoadSettings(25, 0, 8, 3, Duration.ofMillis(100), part),
                            terminal,
                            figures(process),
                            null)
                    .run(process.address(), process.operator(), "fleet");
            assertThat(fleet.rounds()).hasSize(3).allSatisfy(round -> {
                assertThat(round.requests()).isEqualTo(30);
                assertThat(round.bytesDown()).isGreaterThan(10 * 4 * 20_000);
                assertThat(round.bytesUp()).isGreaterThan(10 * 4_000);
            });
            assertThat(fleet.checkIns()).isNotEmpty();
            assertThat(fleet.lines()).anyMatch(line -> line.contains("10 devices, 3 rounds"));
        }
    }

    private static ServerFigures.Source figures(CoordinatorProcess process) {
        return () ->
                new ServerFigures(ProcessFigures.of(process.pid()), new DatabaseFigures(1, DatabaseFigures.UNKNOWN));
    }

    private LoadResult run(CoordinatorProcess process, LoadSettings settings) throws Exception {
        String run = settings.rate() == null ? "polling" : "flooding";
        return new LoadRun(settings, terminal, figures(process), null)
                .run(List.of(process.address()), process.operator(), run);
    }
}
