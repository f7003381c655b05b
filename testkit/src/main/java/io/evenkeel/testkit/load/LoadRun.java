package io.evenkeel.testkit.load;

import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.RoundFigures;
import io.evenkeel.tools.RunCancellation;
import io.evenkeel.tools.RunStatus;
import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.Terminal;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs one load test. */
final class LoadRun {

    private static final Duration LAST_ANSWERS = Duration.ofSeconds(20);
    private static final int MAX_POLLS = 20;

    private final LoadSettings settings;
    private final Terminal terminal;
    private final ServerFigures.@Nullable Source server;
    private final @Nullable HolderKills kills;

    /**
     * @param server reads the figures of coordinators that end with this test; null for others
     * @param kills kills coordinators during the measurement; null for no kills
     */
    LoadRun(
            LoadSettings settings,
            Terminal terminal,
            ServerFigures.@Nullable Source server,
            @Nullable HolderKills kills) {
        this.settings = settings;
        this.terminal = terminal;
        this.server = server;
        this.kills = kills;
    }

    /**
     * Creates a run, loads it, and cancels it. On an external coordinator, also cancels the run on Ctrl-C and on
     * failure.
     *
     * @param coordinators the replicas, to which the devices are distributed
     * @param run an unused name
     */
    LoadResult run(List<URI> coordinators, OperatorApi operator, String run) throws IOException {
        operator.createRun(definition(run));
        if (server != null) {
            // Ctrl-C and failures end the coordinator too.
            LoadResult result = load(operator, coordinators, run);
            operator.cancel(run);
            return result;
        }
        try (RunCancellation cancellation = RunCancellation.watch(operator, run)) {
            LoadResult result = load(operator, coordinators, run);
            operator.cancel(run);
            cancellation.release();
            return result;
        }
    }

    private LoadResult load(OperatorApi operator, List<URI> coordinators, String run) throws IOException {
        String enrolmentToken = operator.createEnrolmentToken(settings.devices(), run);
        Frames frames = Frames.random(settings.dimension(), settings.count());
        try (LoadFleet fleet = new LoadFleet(settings, frames, coordinators, run, enrolmentToken)) {
            enrol(fleet);
            operator.start(run);
            fleet.begin();
            return load(fleet, operator, run);
        }
    }

    private Map<String, Object> definition(String run) {
        Map<String, Object> definition = new HashMap<>(Map.of(
                "name",
                run,
                "dimension",
                settings.dimension(),
                "algorithm",
                "ef21-norm",
                "compressor",
                settings.compressor(),
                "rounds",
                1_000_000,
                "gamma",
                "constant:0.01",
                "participants",
                Map.of("min", settings.devices()),
                "time",
                Map.of("min", "0s", "max", "600s")));
        if (settings.robust() != null) {
            definition.put("robust", settings.robust());
        }
        return definition;
    }

    private void enrol(LoadFleet fleet) throws IOException {
        ProgressLine line = new ProgressLine(terminal, "device", settings.devices());
        long start = System.nanoTime();
        fleet.enrol(joined -> line.show(joined, "enrolled", since(start)));
        line.end();
    }

    private LoadResult load(LoadFleet fleet, OperatorApi operator, String run) throws IOException {
        int seconds = (int) settings.warmUp().plus(settings.duration()).toSeconds();
        LiveLine line = new LiveLine(new ProgressLine(terminal, "second", Math.max(1, seconds)), fleet);
        long start = System.nanoTime();
        fleet.run(() -> line.show(since(start)) && since(start).compareTo(settings.warmUp()) >= 0);
        fleet.startTally();
        ServerFigures before = figures();
        Duration ownBefore = ownCpu();
        int firstRound = fleet.round();
        Tally measured = fleet.tally();
        fleet.run(() -> line.show(since(start)) && (kills == null || kills.strike(run)) && isEnough(measured));
        double took = measured.seconds();
        ServerFigures after = figures();
        Duration own = ownCpu().minus(ownBefore);
        int rounds = fleet.round() - firstRound;
        line.end();
        if (kills != null) {
            kills.end();
        }
        fleet.startTally();
        fleet.end(LAST_ANSWERS);
        HeapFigures heap = HeapFigures.of(operator.metrics());
        return new LoadResult(
                settings, measured, took, rounds, own, before, after, heap, fleet.receipts(), recorded(operator, run));
    }

    private boolean isEnough(Tally measured) {
        Long most = settings.messages();
        return measured.seconds() >= settings.duration().toNanos() / 1e9
                || (most != null && measured.accepted() >= most);
    }

    private @Nullable ServerFigures figures() throws IOException {
        return server == null ? null : server.read();
    }

    private static Duration ownCpu() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return Duration.ofNanos(system.getProcessCpuTime());
    }

    /**
     * Returns the number of accepted messages in the coordinator's records; -1 if a round closed during each
     * attempt.
     */
    private static long recorded(OperatorApi operator, String run) {
        for (int tries = 0; tries < MAX_POLLS; tries++) {
            List<RoundFigures> closed = operator.allRounds(run);
            // If the last round closed between the two requests, neither count includes it.
            RunStatus status = operator.status(run);
            if (status.round() == closed.size()) {
                return status.accepted()
                        + closed.stream().mapToLong(RoundFigures::participants).sum();
            }
        }
        return -1;
    }

    private static Duration since(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Shows figures during a load test. Not thread-safe. */
    private static final class LiveLine {

        private static final Duration BETWEEN_LINES = Duration.ofMillis(500);

        private final ProgressLine line;
        private final LoadFleet fleet;
        private long shown = System.nanoTime();
        private long acceptedThen;
        private Tally tallyThen;

        LiveLine(ProgressLine line, LoadFleet fleet) {
            this.line = line;
            this.fleet = fleet;
            this.tallyThen = fleet.tally();
        }

        /** Shows the figures and returns true, for use in a condition. */
        boolean show(Duration elapsed) {
            long now = System.nanoTime();
            if (now - shown < BETWEEN_LINES.toNanos()) {
                return true;
            }
            Tally tally = fleet.tally();
            long accepted = tally.accepted() - (tally == tallyThen ? acceptedThen : 0);
            String figures = String.format(
                    Locale.ROOT,
                    "%,.0f/s  p50 %s  p99 %s  refused %,d  round %d",
                    accepted * 1e9 / (now - shown),
                    LoadReport.millis(tally.latency().getValueAtPercentile(50)),
                    LoadReport.millis(tally.latency().getValueAtPercentile(99)),
                    tally.refused(),
                    fleet.round());
            line.show((int) elapsed.toSeconds(), figures, elapsed);
            shown = now;
            acceptedThen = tally.accepted();
            tallyThen = tally;
            return true;
        }

        void end() {
            line.end();
        }
    }
}
