package io.evenkeel.testkit.load;

import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.RoundFigures;
import io.evenkeel.tools.process.TemporaryFolder;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ProgressLine;
import io.evenkeel.tools.terminal.Quantity;
import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.tools.terminal.TextTable;
import io.evenkeel.trial.fleet.Availability;
import io.evenkeel.trial.fleet.DefinitionReading;
import io.evenkeel.trial.fleet.RoundLog;
import io.evenkeel.trial.fleet.RunSimulation;
import io.evenkeel.trial.fleet.SimulatedFleet;
import io.evenkeel.trial.fleet.SimulationSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.logging.Level;
import java.util.logging.Logger;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Compares a simulated fleet with devices that use the real SDK and have the same hours and delays in real time. */
final class FleetComparison {

    /** A strong reference: the log manager forgets the levels of loggers that are garbage-collected. */
    private static final Logger DEVICES_LOG = Logger.getLogger("io.evenkeel.client");

    private static final long SEED = 0;
    private static final int CHECK_INS = 300;
    private static final String CHECK_INS_METRIC = "evenkeel_check_ins_total";

    private final JsonNode definition;
    private final ValidatedPlan plan;
    private final Availability availability;
    private final int devices;
    private final int rounds;

    /**
     * @param definition a file with a run's definition, with at least {@code rounds} rounds
     * @param availability a pattern or a file
     */
    FleetComparison(Path definition, String availability, int devices, int rounds) throws IOException {
        this.definition = new YAMLMapper().readTree(Files.readAllBytes(definition));
        this.plan = DefinitionReading.read(this.definition);
        this.availability = Availability.read(availability);
        this.devices = devices;
        this.rounds = rounds;
    }

    /** Runs the simulation, then the devices against a coordinator without runs; returns a table of both. */
    List<String> run(URI coordinator, OperatorApi operator, Terminal terminal) throws IOException {
        SimulationSettings settings = SimulationSettings.of(plan, devices, rounds, SEED, Duration.ZERO, CHECK_INS);
        RunSimulation.Result simulated = RunSimulation.run(
                plan, RoundRules.of(plan.definition()), availability, devices, settings, closed -> {});
        DEVICES_LOG.setLevel(Level.WARNING);
        operator.createRun(new YAMLMapper().convertValue(definition, new TypeReference<Map<String, Object>>() {}));
        String token = operator.createEnrolmentToken(devices, plan.name());
        SimulatedFleet fleet = new SimulatedFleet(availability, devices, SEED);
        try (TemporaryFolder folder = new TemporaryFolder("evenkeel-fleet-");
                FleetRehearsal rehearsal = new FleetRehearsal(fleet, settings, coordinator, token, folder.path())) {
            rehearsal.start();
            rehearsal.await(availability.cycle());
            double before = checkIns(operator);
            long start = System.nanoTime();
            operator.start(plan.name());
            await(operator, terminal, start);
            double checkIns = checkIns(operator) - before;
            List<RoundFigures> real = operator.allRounds(plan.name()).subList(0, rounds);
            long extended = operator.events(plan.name()).stream()
                    .filter(event -> event.path("type").asString().equals("round.quorum_missed")
                            && event.path("round").asInt() < rounds)
                    .count();
            return table(settings, simulated, real, extended, checkIns);
        }
    }

    private void await(OperatorApi operator, Terminal terminal, long start) {
        ProgressLine line = new ProgressLine(terminal, "round", rounds);
        int closed = 0;
        while (closed < rounds) {
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                throw new CommandFailure("interrupted", e);
            }
            closed = operator.status(plan.name()).round();
            line.show(Math.min(closed, rounds), "closed", Duration.ofNanos(System.nanoTime() - start));
        }
        line.end();
    }

    private static double checkIns(OperatorApi operator) {
        return operator.metrics().stream()
                .filter(line -> line.startsWith(CHECK_INS_METRIC))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private List<String> table(
            SimulationSettings settings,
            RunSimulation.Result simulated,
            List<RoundFigures> real,
            long extended,
            double checkIns) {
        RoundLog log = simulated.rounds();
        if (log.closed() < rounds) {
            throw new CommandFailure("the simulation closed only " + log.closed() + " of " + rounds + " rounds");
        }
        double realSeconds =
                Duration.between(real.get(0).openedAt(), real.get(rounds - 1).closedAt())
                                .toMillis()
                        / 1000.0;
        long[] durations = sorted(real, round -> Math.round(1000 * round.seconds()));
        long[] expected = log.sorted(log::duration);
        TextTable table = new TextTable().row("", "simulated", "measured");
        table.row(
                rounds + " rounds",
                seconds(simulated.endedAt() - simulated.startedAt()),
                seconds(Math.round(1000 * realSeconds)));
        table.row(
                "half take at most",
                seconds(RoundLog.quantile(expected, 0.5)),
                seconds(RoundLog.quantile(durations, 0.5)));
        table.row(
                "nine tenths take at most",
                seconds(RoundLog.quantile(expected, 0.9)),
                seconds(RoundLog.quantile(durations, 0.9)));
        table.row("rounds extended", count(log.sum(round -> Math.min(1, log.extended(round)))), count(extended));
        table.row("messages accepted", count(log.sum(log::accepted)), count(sum(real, RoundFigures::participants)));
        table.row(
                "bytes up",
                Quantity.bytes(log.sum(log::accepted) * settings.messageBytes()),
                Quantity.bytes(sum(real, RoundFigures::uplinkBytes)));
        table.row(
                "bytes down",
                Quantity.bytes(log.sum(log::downloaded)),
                Quantity.bytes(sum(real, RoundFigures::downlinkBytes)));
        table.row("check-ins", count(simulated.checkIns().total()), count(Math.round(checkIns)));
        return table.lines();
    }

    private static long[] sorted(List<RoundFigures> rounds, ToLongFunction<RoundFigures> figure) {
        return rounds.stream().mapToLong(figure).sorted().toArray();
    }

    private static long sum(List<RoundFigures> rounds, ToLongFunction<RoundFigures> figure) {
        return rounds.stream().mapToLong(figure).sum();
    }

    private static String seconds(long milliseconds) {
        return String.format(Locale.ROOT, "%.1f s", milliseconds / 1000.0);
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
