package io.evenkeel.cli.plan;

import io.evenkeel.cli.command.DocumentFile;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.engine.definition.FieldErrors;
import io.evenkeel.engine.definition.RoundRules;
import io.evenkeel.engine.definition.ValidatedPlan;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import io.evenkeel.tools.terminal.StandardCommand;
import io.evenkeel.trial.fleet.Availability;
import io.evenkeel.trial.fleet.DefinitionReading;
import io.evenkeel.trial.fleet.Forecast;
import io.evenkeel.trial.fleet.ForecastPage;
import io.evenkeel.trial.fleet.RunSimulation;
import io.evenkeel.trial.fleet.SettingsSearch;
import io.evenkeel.trial.fleet.SimulationSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code evenkeel simulate}: predicts the behaviour of a run with a fleet that does not exist yet. */
@Command(
        name = "simulate",
        description = {
            "Predicts how a run would behave with a fleet, before any device exists: how long rounds take, how many devices answer, how"
                    + " often a round is extended, and the load of the coordinator. It needs no coordinator and trains nothing: the"
                    + " coordinator's rules decide in virtual time.",
            ""
        },
        footer = {
            "",
            "Patterns:",
            "  always           devices on good links, always online",
            "  phones-at-night  phones in three parts of the world that train while they charge",
            "  sensors          sensors on a thin link that are online for ten minutes of each hour",
            "",
            "Examples:",
            "  evenkeel simulate -f run.yaml --devices 100000 --availability phones-at-night",
            "  evenkeel simulate -f run.yaml --devices 500 --availability fleet.yaml --output json",
            "",
            "docs/scaling.md describes the file, and compares a simulation with a real fleet."
        })
public final class SimulateCommand extends StandardCommand {

    private static final int MAX_ROUNDS = 100_000;

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "The file with the run's definition; - is standard input.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Option(names = "--devices", paramLabel = "N", required = true, description = "Devices that may join the run.")
    private int devices;

    @Option(
            names = "--availability",
            paramLabel = "FILE|PATTERN",
            description = "When the devices are online and how fast they are.",
            showDefaultValue = Visibility.ALWAYS)
    private String availability = "always";

    @Option(
            names = "--rounds",
            paramLabel = "R",
            description = "Rounds to simulate, at most those of the run.",
            showDefaultValue = Visibility.ALWAYS)
    private int rounds = 1000;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "The seed of the devices: the same one gives the same result.",
            showDefaultValue = Visibility.ALWAYS)
    private long seed;

    @Option(
            names = "--check-ins",
            paramLabel = "N",
            description = "Check-ins a second of the whole fleet, the coordinator's evenkeel.work.requests-per-second.",
            showDefaultValue = Visibility.ALWAYS)
    private double checkIns = Estimate.CHECK_INS;

    @Option(names = "--page", paramLabel = "FILE", description = "Also write an HTML page with pictures.")
    private @Nullable Path page;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        require(
                devices >= 1 && devices <= RunSimulation.MAX_DEVICES,
                "--devices is " + devices + ": expected 1 to " + RunSimulation.MAX_DEVICES);
        require(rounds >= 1 && rounds <= MAX_ROUNDS, "--rounds is " + rounds + ": expected 1 to " + MAX_ROUNDS);
        require(
                checkIns > 0 && checkIns <= 1e6,
                "--check-ins is " + checkIns + ": expected above 0 and at most 1000000");
        Availability fleet = fleet();
        ValidatedPlan plan = plan();
        SimulationSettings settings = settings(plan);
        RoundRules rules = RoundRules.of(plan.definition());
        SimulationProgress progress = new SimulationProgress(output.progress(), rounds, System::nanoTime);
        Forecast forecast = new Forecast(RunSimulation.run(plan, rules, fleet, devices, settings, progress), settings);
        progress.beginSearch();
        SimulationAdvice advice =
                new SimulationAdvice(rules, forecast, new SettingsSearch(plan, fleet, forecast, progress));
        progress.end();
        output.print(
                SimulationDocument.of(forecast, advice), text -> new SimulationText(forecast, advice, text).lines());
        if (page != null) {
            write(page, new ForecastPage(plan.name(), forecast, SimulationText.sentences(forecast, advice)));
        }
        return 0;
    }

    private void write(Path to, ForecastPage html) {
        try {
            Files.writeString(to, html.html());
            output.note("The page is " + to);
        } catch (IOException e) {
            throw new CommandFailure("--page " + to + " cannot be written (" + e + "): give another file", e);
        }
    }

    private Availability fleet() {
        try {
            return Availability.read(availability);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(), "--availability " + availability + ": " + e.getMessage(), e);
        }
    }

    private ValidatedPlan plan() {
        DocumentFile document = new DocumentFile("run's definition", "'evenkeel runs init' writes an example");
        ObjectNode definition = document.read(file, System.in);
        try {
            return DefinitionReading.read(definition);
        } catch (ProblemException refusal) {
            List<OperatorException.FieldFault> faults = ((List<?>)
                            Objects.requireNonNullElse(refusal.members().get("errors"), List.of()))
                    .stream()
                            .map(FieldErrors.FieldError.class::cast)
                            .map(error -> new OperatorException.FieldFault(error.field(), error.message()))
                            .toList();
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "the run's definition cannot be simulated:"
                            + (faults.isEmpty() ? " " + refusal.detail() : document.located(file, faults))
                            + "\ncorrect the file and run the command again",
                    refusal);
        }
    }

    private SimulationSettings settings(ValidatedPlan plan) {
        double closing = Estimate.stepSeconds(new Sizing(), plan.dimension());
        return SimulationSettings.of(
                plan, devices, rounds, seed, Duration.ofMillis(Math.round(1000 * closing)), checkIns);
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }
}
