package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.sweep.SweepAxis;
import io.evenkeel.trial.sweep.SweepFolder;
import io.evenkeel.trial.sweep.SweepPlan;
import io.evenkeel.trial.sweep.SweepReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evenkeel pilot sweep}: repeats a trial over a grid of settings. */
@Command(
        name = "sweep",
        description = {
            "Runs pilot compare for every value of one setting, or every pair of two, and answers in sentences and"
                    + " heat maps: how sensitive is each method to its step size, how do compression and normalization"
                    + " interact, does normalization over-smooth, how much noise does each method tolerate?",
            ""
        },
        footer = {
            "",
            "Axes that change each method:",
            "  step=0.0625,0.25,1,4,16     multiples of its own step size",
            "  compressor=top-k:1,identity",
            "  ratio=0.01,0.1,1.0          of its compressor; coding=float32,bf16,natural its value coding",
            "  rule=normalized,layerwise-normalized    eta=0.1,0.3,1 momentum",
            "  noise=1,5,20                noise multiplier of arms with privacy",
            "Axes that change data, clients or loss:",
            "  label-noise=0,0.1,0.3  dirichlet-alpha=0.1,1,100  heterogeneity=0,1  batch=8,64  clients,"
                    + " participation,",
            "  local-steps, lambda; or any path into experiment.yaml, such as loss.hidden=16,64",
            "",
            "Examples:",
            "  evenkeel pilot sweep --data a9a.gz --compressor top-k:1 --axis step=0.25,1,4,16,64,256,1024,4096,16384"
                    + " --out sweep",
            "  evenkeel pilot sweep --data digits --axis step=0.1,1,10,100,1000,10000 --axis label-noise=0,0.2,0.4"
                    + " --batch 32",
            "",
            "Ctrl-C keeps the results so far; --resume continues. Each cell is a results folder of pilot compare."
        })
final class SweepCommand extends PilotAction {

    @Option(
            names = "--axis",
            paramLabel = "NAME=VALUES",
            description = "A setting and its values, comma-separated; once or twice.")
    private @Nullable List<String> axes;

    @Mixin
    private final PlanOptions plans = new PlanOptions();

    @Mixin
    private final ExperimentOptions options = new ExperimentOptions();

    @Override
    protected int run() throws IOException, InterruptedException {
        return run(folder(), Terminal.standard());
    }

    private SweepFolder folder() throws IOException {
        plans.check(axes != null || !options.isEmpty(), "--axis");
        Path resumed = plans.resume;
        if (resumed != null) {
            return SweepFolder.open(resumed);
        }
        Path file = plans.file;
        SweepPlan plan = file != null ? ExperimentFile.readAny(file, SweepPlan.class) : planned();
        // Finds impossible settings of a cell before it creates the folder.
        plan.cells();
        Path out = plans.outOr("pilot-sweep");
        if (plans.force) {
            SweepFolder.delete(out);
        }
        return SweepFolder.create(out, plan);
    }

    private SweepPlan planned() {
        List<String> named = axes == null ? List.of() : axes;
        return new SweepPlan(
                options.untuned(), named.stream().map(SweepAxis::parse).toList());
    }

    private int run(SweepFolder folder, Terminal terminal) throws IOException, InterruptedException {
        List<SweepPlan.Cell> cells = folder.plan().cells();
        Progress progress = new Progress(
                terminal, cells.stream().map(SweepPlan.Cell::experiment).toList());
        StopSignal signal = new StopSignal(progress);
        try {
            for (SweepPlan.Cell cell : cells) {
                run(folder, cell, progress);
            }
            progress.end();
            if (progress.isStopped()) {
                terminal.out().println("Stopped; continue with: evenkeel pilot sweep --resume " + folder.path());
                return TrialRun.INTERRUPTED;
            }
            print(SweepReport.write(folder), folder, terminal);
            return 0;
        } finally {
            signal.release();
        }
    }

    private void run(SweepFolder folder, SweepPlan.Cell cell, Progress progress)
            throws IOException, InterruptedException {
        if (progress.isStopped()) {
            return;
        }
        if (folder.isDone(cell)) {
            progress.skip(Progress.rounds(cell.experiment()));
            return;
        }
        try {
            new TrialRun(folder.cell(cell), plans.threads).execute(progress);
        } catch (DataException e) {
            forget(folder);
            throw e;
        } catch (IllegalArgumentException e) {
            forget(folder);
            throw new IllegalArgumentException("cell " + cell.name() + ": " + e.getMessage(), e);
        }
    }

    /** A sweep that is resumed keeps its plan. */
    private void forget(SweepFolder folder) throws IOException {
        if (plans.resume == null) {
            folder.forget();
        }
    }

    private static void print(Map<String, List<String>> answers, SweepFolder folder, Terminal terminal) {
        PrintStream to = terminal.out();
        answers.forEach((question, sentences) -> {
            to.println();
            to.println(question);
            sentences.forEach(
                    sentence -> terminal.paragraph("  - " + sentence, "    ").forEach(to::println));
        });
        to.println();
        to.println("Results are in " + folder.path() + "; for heat maps open "
                + folder.path().resolve(Page.NAME));
    }
}
