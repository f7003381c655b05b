package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.experiment.ExperimentDraft;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.result.ResultsFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code evenkeel pilot compare}: trains with several methods and compares the results. */
@Command(
        name = "compare",
        description = {
            "Trains the same model on the same data, split, seeds and rounds with several methods (arms), counts all"
                    + " bytes that would be sent, and decides whether compression pays against uncompressed training.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  evenkeel pilot compare --data a9a.gz --quick",
            "  evenkeel pilot compare --data a9a.gz --compressor top-k:1 --out results",
            "  evenkeel pilot compare --data digits --split dirichlet --batch 32 --arm ef21-sgdm,gamma=0.1 --arm"
                    + " ef21-sgdm-norm",
            "  evenkeel pilot compare --file results/experiment.yaml --out again",
            "  evenkeel pilot compare --runs digits-a,digits-b --coordinator http://localhost:8080 --out live",
            "",
            "The folder gets report.html, one file with verdicts, plots and all figures; trajectory.csv and"
                    + " summary.json for programs; and experiment.yaml, which repeats the trial. Ctrl-C keeps the results"
                    + " so far; --resume continues."
        })
final class CompareCommand extends PilotAction {

    @Option(
            names = "--file",
            paramLabel = "YAML",
            description = "An experiment.yaml with all settings, instead of the options below.")
    private @Nullable Path file;

    @Option(names = "--out", paramLabel = "FOLDER", description = "The folder for results. Default: pilot-results.")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replaces an existing trial in the folder.")
    private boolean force;

    @Option(
            names = "--quick",
            description = "A short trial: 200 rounds and at most 3 seeds unless given, and searches over 4 step sizes.")
    private boolean quick;

    @Option(names = "--resume", paramLabel = "FOLDER", description = "Continues an interrupted trial.")
    private @Nullable Path resume;

    @Option(
            names = "--threads",
            paramLabel = "T",
            description = "The number of (arm, seed) pairs that run at the same time. Default: one per core.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private final LiveOptions live = new LiveOptions();

    @Mixin
    private final ExperimentOptions options = new ExperimentOptions();

    @Override
    protected int run() throws IOException, InterruptedException {
        if (threads < 1) {
            throw new ParameterException(spec().commandLine(), "--threads is " + threads + ", expected at least 1");
        }
        if (live.areGiven(spec())) {
            return compareRuns();
        }
        ResultsFolder trial = folder();
        return new TrialRun(trial, threads).run(Terminal.standard(), "evenkeel pilot compare --resume " + trial.path());
    }

    private int compareRuns() throws IOException {
        if (file != null || resume != null) {
            throw new IllegalArgumentException("--runs compares existing runs: leave out --file and --resume");
        }
        return live.compare(options, out == null ? Path.of("pilot-results") : out, Terminal.standard());
    }

    private ResultsFolder folder() throws IOException {
        if (resume != null) {
            if (file != null || out != null || force || quick || !options.isEmpty()) {
                throw new IllegalArgumentException(
                        "--resume takes all settings from the folder: leave out --file, --out and all settings");
            }
            ResultsFolder folder = ResultsFolder.open(resume);
            if (folder.isComplete()) {
                throw new IllegalArgumentException(
                        resume + " is complete, so there is nothing to continue: to run it again, use --file "
                                + resume.resolve(ExperimentFile.NAME) + " --out FOLDER");
            }
            return folder;
        }
        if (file != null && (quick || !options.isEmpty())) {
            throw new IllegalArgumentException(
                    "--file has all settings: leave out the others, or change them in a copy of " + file);
        }
        Experiment experiment = file != null ? ExperimentFile.read(file) : asked().complete();
        Path where = out == null ? Path.of("pilot-results") : out;
        if (force) {
            ResultsFolder.delete(where);
        }
        return ResultsFolder.create(where, experiment);
    }

    private ExperimentDraft asked() {
        ExperimentDraft comparison = options.comparison();
        return quick ? comparison.quick() : comparison.withSeedsForVerdict();
    }
}
