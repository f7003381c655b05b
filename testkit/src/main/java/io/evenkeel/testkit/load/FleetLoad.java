package io.evenkeel.testkit.load;

import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.Terminal;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Simulates a large fleet with real requests. All devices enrol and join; in each round the next devices in turn fetch
 * their task and the model and send a message; then devices check in.
 */
final class FleetLoad {

    private final FleetLoadSettings settings;
    private final Terminal terminal;
    private final ServerFigures.Source server;
    private final @Nullable String databaseUrl;

    /**
     * @param databaseUrl PostgreSQL, or null for H2
     */
    FleetLoad(
            FleetLoadSettings settings, Terminal terminal, ServerFigures.Source server, @Nullable String databaseUrl) {
        this.settings = settings;
        this.terminal = terminal;
        this.server = server;
        this.databaseUrl = databaseUrl;
    }

    /**
     * Runs the simulation.
     *
     * @param run an unused name
     */
    FleetResult run(URI coordinator, OperatorApi operator, String run) throws IOException {
        operator.createRun(definition(run));
        try (EnrolledDevices devices = new EnrolledDevices(coordinator, settings.enrolled(), settings.connections())) {
            ServerFigures empty = server.read();
            String token = operator.createEnrolmentToken(settings.enrolled(), run);
            double enrolling = timed("enrolled", progress -> devices.enrol(token, progress));
            double joining = timed("joined", progress -> devices.join(run, progress));
            ServerFigures filled = server.read();
            if (databaseUrl != null && settings.rows() > 0) {
                FleetRows.insert(databaseUrl, run, settings.enrolled(), settings.rows());
            }
            operator.start(run);
            List<FleetResult.Round> rounds = rounds(devices, run);
            ServerFigures before = server.read();
            List<Long> checkIns = devices.checkIn(settings.checkIns());
            Duration cpu = server.read().process().cpu().minus(before.process().cpu());
            operator.cancel(run);
            return new FleetResult(settings, empty, enrolling, joining, filled, rounds, before, checkIns, cpu);
        }
    }

    private Map<String, Object> definition(String run) {
        LoadSettings load = settings.load();
        return Map.of(
                "name",
                run,
                "dimension",
                load.dimension(),
                "algorithm",
                "ef21-norm",
                "compressor",
                load.compressor(),
                "rounds",
                1_000_000,
                "gamma",
                "constant:0.01",
                "participants",
                Map.of("min", load.devices(), "max", load.devices()),
                "time",
                Map.of("min", "0s", "max", "1h"));
    }

    private List<FleetResult.Round> rounds(EnrolledDevices devices, String run) throws IOException {
        Frames frames =
                Frames.random(settings.load().dimension(), settings.load().count());
        ProgressLine line = new ProgressLine(terminal, "round", settings.rounds() + 1);
        List<FleetResult.Round> rounds = new ArrayList<>();
        int last = -1;
        long begun = System.nanoTime();
        for (int i = 0; i <= settings.rounds(); i++) {
            ServerFigures before = server.read();
            long requests = devices.requests();
            long up = devices.bytesUp();
            long down = devices.bytesDown();
            long start = System.nanoTime();
            last = devices.takePart(run, settings.load().devices(), last, frames);
            devices.awaitRound(run, last);
            double seconds = (System.nanoTime() - start) / 1e9;
            rounds.add(new FleetResult.Round(
                    seconds,
                    devices.requests() - requests,
                    devices.bytesUp() - up,
                    devices.bytesDown() - down,
                    before,
                    server.read()));
            line.show(i + 1, "closed", Duration.ofNanos(System.nanoTime() - begun));
        }
        line.end();
        // The first round is the warm-up.
        return List.copyOf(rounds.subList(1, rounds.size()));
    }

    /** A phase that all devices run through. */
    @FunctionalInterface
    private interface Work {
        void run(IntConsumer progress) throws IOException;
    }

    private double timed(String what, Work work) throws IOException {
        ProgressLine line = new ProgressLine(terminal, "device", settings.enrolled());
        long start = System.nanoTime();
        work.run(done -> {
            if (done % 100 == 0 || done == settings.enrolled()) {
                line.show(done, what, Duration.ofNanos(System.nanoTime() - start));
            }
        });
        line.end();
        return (System.nanoTime() - start) / 1e9;
    }
}
