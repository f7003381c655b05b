package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.experiment.ExperimentFile;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.source.DataException;
import io.evenkeel.trial.study.Answer;
import io.evenkeel.trial.study.StudyFolder;
import io.evenkeel.trial.study.StudyPlan;
import io.evenkeel.trial.study.StudyReport;
import io.evenkeel.trial.study.Topic;
import io.evenkeel.trial.sweep.SweepFolder;
import io.evenkeel.trial.sweep.SweepPlan;
import io.evenkeel.trial.sweep.SweepReport;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evenkeel pilot study}: measures the effects of normalization on one data set. */
@Command(
        name = "study",
        description = {
            "Runs the standard sweeps on a data set (step size, compression, label noise, heterogeneous clients) and"
                    + " answers: does normalization allow larger steps, does it help more with stronger compression, does"
                    + " it help with label noise, does it over-smooth with heterogeneous clients, and where does it not"
                    + " help?",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  evenkeel pilot study --data a9a.gz --out study",
            "  evenkeel pilot study --data digits --quick",
            "",
            "Methods are compared at their best step sizes. The report states the differences that matter. Ctrl-C"
                    + " keeps the results so far; --resume continues."
        })
final class StudyCommand extends PilotAction {

    @Option(names = "--quick", description = "A short study: 100 rounds, one seed, coarse grids, two values per axis.")
    private boolean quick;

    @Mixin
    private final PlanOptions plans = new PlanOptions();

    @Mixin
    private final ExperimentOptions options = new ExperimentOptions();

    @Override
    protected int run() throws IOException, InterruptedException {
        return run(folder(), Terminal.standard());
    }

    private StudyFolder folder() throws IOException {
        plans.check(quick || !options.isEmpty(), "--quick");
        Path resumed = plans.resume;
        if (resumed != null) {
            return StudyFolder.open(resumed);
        }
        Path file = plans.file;
        StudyPlan plan =
                file != null ? ExperimentFile.readAny(file, StudyPlan.class) : StudyPlan.of(options.study(), quick);
        Path out = plans.outOr("pilot-study");
        if (plans.force) {
            StudyFolder.delete(out);
        }
        return StudyFolder.create(out, plan);
    }

    private int run(StudyFolder folder, Terminal terminal) throws IOException, InterruptedException {
        Map<Topic, SweepPlan> sweeps = folder.plan().sweeps();
        List<SweepPlan.Cell> cells = sweeps.values().stream()
                .flatMap(sweep -> sweep.cells().stream())
                .toList();
        Progress progress = new Progress(
                terminal, cells.stream().map(SweepPlan.Cell::experiment).toList());
        StopSignal signal = new StopSignal(progress);
        try {
            for (Map.Entry<Topic, SweepPlan> sweep : sweeps.entrySet()) {
                sweep(folder, sweep.getKey(), sweep.getValue(), progress);
            }
            progress.end();
            if (progress.isStopped()) {
                terminal.out().println("Stopped; continue with: evenkeel pilot study --resume " + folder.path());
                return TrialRun.INTERRUPTED;
            }
            print(StudyReport.write(folder), folder, terminal);
            return ExitCode.OK;
        } catch (DataException | IllegalArgumentException e) {
            if (plans.resume == null) {
                folder.forget();
            }
            throw e;
        } finally {
            signal.release();
        }
    }

    private void sweep(StudyFolder folder, Topic topic, SweepPlan plan, Progress progress)
            throws IOException, InterruptedException {
        if (progress.isStopped()) {
            return;
        }
        SweepFolder sweep = folder.sweep(topic, plan);
        try {
            for (SweepPlan.Cell cell : plan.cells()) {
                if (sweep.isDone(cell)) {
                    progress.skip(Progress.rounds(cell.experiment()));
                } else if (!progress.isStopped()) {
                    new TrialRun(sweep.cell(cell), plans.threads).execute(progress);
                }
            }
        } catch (DataException | IllegalArgumentException e) {
            sweep.forget();
            throw e;
        }
        if (!progress.isStopped()) {
            SweepReport.write(sweep);
        }
    }

    private static void print(List<Answer> answers, StudyFolder folder, Terminal terminal) {
        PrintStream to = terminal.out();
        for (Answer answer : answers) {
            to.println();
            to.println(answer.question());
            answer.verdicts()
                    .forEach(verdict -> terminal.paragraph("  " + verdict.arm() + ": " + verdict.text() + ".", "    ")
                            .forEach(to::println));
            if (answer.verdicts().isEmpty()) {
                answer.figures()
                        .forEach(figure ->
                                terminal.paragraph("  " + figure, "    ").forEach(to::println));
            }
        }
        to.println();
        to.println("Results are in " + folder.path() + "; for all figures open "
                + folder.path().resolve(Page.NAME));
    }
}
