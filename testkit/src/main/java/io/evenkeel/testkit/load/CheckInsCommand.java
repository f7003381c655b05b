package io.evenkeel.testkit.load;

import io.evenkeel.tools.process.LocalCoordinator;
import io.evenkeel.tools.process.TemporaryFolder;
import io.evenkeel.tools.terminal.StandardCommand;
import io.evenkeel.tools.terminal.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the rate of check-ins that a coordinator answers. */
@Command(
        name = "check-ins",
        description = {
            "Enrols devices that check in as fast as the coordinator answers, and measures check-ins per second, latencies and"
                    + " processor time.",
            "Starts a coordinator with an H2 database in a temporary folder, or on --database-url, which may have many more devices."
        })
public final class CheckInsCommand extends StandardCommand {

    @Option(names = "--devices", paramLabel = "N", description = "Devices that check in (default: ${DEFAULT-VALUE}).")
    private int devices = 20_000;

    @Option(names = "--connections", paramLabel = "N", description = "Connections (default: ${DEFAULT-VALUE}).")
    private int connections = 32;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "Seconds before the measurement (default: ${DEFAULT-VALUE}).")
    private int warmUp = 20;

    @Option(names = "--duration", paramLabel = "S", description = "Seconds to measure (default: ${DEFAULT-VALUE}).")
    private int duration = 20;

    @Option(names = "--database-url", paramLabel = "JDBC", description = "PostgreSQL for the coordinator it starts.")
    private @Nullable String databaseUrl;

    @Override
    public Integer call() throws IOException {
        List<String> settings = new ArrayList<>();
        // All check-ins come from one address.
        settings.add("--evenkeel.limits.enrolments-per-minute=1000000");
        if (databaseUrl != null) {
            settings.add("--spring.datasource.url=" + databaseUrl);
        }
        try (TemporaryFolder folder = new TemporaryFolder("evenkeel-check-ins-");
                LocalCoordinator local =
                        LocalCoordinator.start(folder.path(), List.of(), settings.toArray(String[]::new));
                CheckInLoad load = new CheckInLoad(local.address(), devices, connections)) {
            return measure(local, load);
        }
    }

    private int measure(LocalCoordinator local, CheckInLoad load) throws IOException {
        load.prepare(
                local.operatorToken(), "check-ins-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX));
        var unused = load.run(Duration.ofSeconds(warmUp));
        ProcessFigures before = ProcessFigures.of(local.pid());
        long start = System.nanoTime();
        List<Long> took =
                load.run(Duration.ofSeconds(duration)).stream().sorted().toList();
        double seconds = (System.nanoTime() - start) / 1e9;
        Duration cpu = ProcessFigures.of(local.pid()).cpu().minus(before.cpu());
        Terminal.standard()
                .out()
                .printf(
                        Locale.ROOT,
                        "%d devices over %d connections: %.0f check-ins/s, p50 %.1f ms, p99 %.1f ms,"
                                + " processor time of the coordinator %.0f us per check-in, %d without success%n",
                        devices,
                        connections,
                        took.size() / seconds,
                        took.get(took.size() / 2) / 1e6,
                        took.get(took.size() * 99 / 100) / 1e6,
                        cpu.toNanos() / 1e3 / took.size(),
                        load.failures());
        return load.failures() == 0 ? 0 : 1;
    }
}
