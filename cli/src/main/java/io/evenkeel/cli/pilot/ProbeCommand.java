package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.probe.Probe;
import io.evenkeel.trial.probe.ProbeFolder;
import io.evenkeel.trial.probe.ProbeReport;
import io.evenkeel.trial.probe.ProbeResult;
import io.evenkeel.trial.report.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evenkeel pilot probe}: estimates the smoothness of a loss, and the step sizes that follow. */
@Command(
        name = "probe",
        description = {
            "Trains one arm (by default ef21-norm) and compares gradients before and after its steps. Estimates how"
                    + " much the smoothness constant grows with the gradient (L1) and its constant part (L0), per client"
                    + " and for the fleet, and what follows for step sizes.",
            ""
        },
        footer = {
            "",
            "Example:",
            "  evenkeel pilot probe --data a9a.gz --compressor top-k:1 --out probe",
            "",
            "The folder gets report.html with plots, probe.json, probe.csv (one ratio per line), trajectory.csv and"
                    + " experiment.yaml."
        })
final class ProbeCommand extends PilotAction {

    @Option(names = "--out", paramLabel = "FOLDER", description = "The folder for results. Default: pilot-probe.")
    private Path out = Path.of("pilot-probe");

    @Option(
            names = "--follow",
            paramLabel = "CLIENTS",
            description = "The number of clients to estimate separately. Default: 20.")
    private int follow = 20;

    @Option(
            names = "--every",
            paramLabel = "ROUNDS",
            description = "Evaluates the step of every Nth round. Default: about 500 steps in total.")
    private @Nullable Integer every;

    @Option(names = "--threads", paramLabel = "T", description = "Threads. Default: one per core.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private final ExperimentOptions options = new ExperimentOptions();

    @Override
    protected int run() throws IOException {
        Terminal terminal = Terminal.standard();
        if (follow < 0 || threads < 1 || (every != null && every < 1)) {
            throw new IllegalArgumentException("--follow is at least 0, --threads and --every at least 1");
        }
        ExperimentDraft draft = options.untuned();
        List<ArmSettings> arms = Objects.requireNonNull(draft.arms()).stream()
                .filter(arm -> options.namesArms() || "ef21-norm".equals(arm.name()))
                .toList();
        Experiment experiment = draft.withArms(arms.subList(0, 1)).complete();
        experiment = experiment.withSeeds(experiment.seeds().subList(0, 1));
        Progress progress = new Progress(terminal, List.of(experiment));
        StopSignal signal = new StopSignal(progress);
        try {
            probe(experiment, progress, terminal);
            return progress.isStopped() ? TrialRun.INTERRUPTED : 0;
        } finally {
            signal.release();
        }
    }

    private void probe(Experiment experiment, Progress progress, Terminal terminal) throws IOException {
        int step = every != null ? every : Math.max(1, experiment.rounds() / 500);
        Probe probe = new Probe(experiment, follow, step, threads, progress);
        progress.end();
        ProbeResult result = probe.result();
        ProbeFolder.write(out, experiment, probe, result);
        ProbeReport.write(out, probe, result);
        terminal.out().println();
        result.text().lines().forEach(line -> terminal.paragraph(line, "  ").forEach(terminal.out()::println));
        terminal.out().println("Results are in " + out + "; for plots open " + out.resolve(Page.NAME));
    }
}
