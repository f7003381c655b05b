package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.grid.GridCell;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.report.Prose;
import io.evenkeel.trial.report.TrialReport;
import io.evenkeel.trial.report.TrialResults;
import io.evenkeel.trial.reproduce.Reproduction;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code evenkeel pilot reproduce}: repeats a published experiment and compares the result with its claim. */
@Command(
        name = "reproduce",
        description = "Repeats a published experiment and reports where the results agree.",
        footer = {
            "",
            "  polynomial  arXiv 2410.16871, section 5.1; half a minute",
            "  logistic    arXiv 2410.16871, section 5.2, on LIBSVM files or generated data",
            "  table       the table behind the step rule accumulated-norm, on LIBSVM files",
            "  leaderboard all algorithms on built-in problems, tables and images; --quick takes minutes",
            "",
            "Section 5.3, ResNet-20 on CIFAR-10, is client-sdk/python/examples/trial_cifar10.py.",
            "",
            "Example:",
            "  evenkeel pilot reproduce table --data phishing.gz --data a9a.gz",
            "",
            "The folder gets FOLDER/NAME/findings.md, report.html with plots of all trials, and a results folder for"
                    + " each trial."
        })
final class ReproduceCommand extends PilotAction {

    @Parameters(paramLabel = "NAME", description = "polynomial, logistic, table or leaderboard.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "A LIBSVM file; for leaderboard also images by class. Repeatable.")
    private List<Path> data = new ArrayList<>();

    @Option(names = "--out", paramLabel = "FOLDER", description = "The folder for results. Default: reproduction.")
    private Path out = Path.of("reproduction");

    @Option(names = "--page", paramLabel = "FILE", description = "Also writes the findings to this Markdown file.")
    private @Nullable Path page;

    @Option(
            names = "--quick",
            description = "For leaderboard: fewer rounds, methods and problems than docs/measured.md has.")
    private boolean quick;

    @Option(names = "--resume", description = "Continues the same command after an interruption.")
    private boolean resume;

    @Option(names = "--threads", paramLabel = "T", description = "Threads. Default: one per core.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    protected int run() throws IOException, InterruptedException {
        GridRun.checkThreads(threads);
        Reproduction reproduction = Reproduction.of(name, data, version(), quick);
        Path folder = out.resolve(name);
        List<GridCell> cells = new ArrayList<>();
        for (Reproduction.Part part : reproduction.parts()) {
            GridCell cell = new GridCell(folder.resolve(part.name()), part.experiment());
            if (cells.stream().anyMatch(each -> each.path().equals(cell.path()))) {
                throw new IllegalArgumentException("two files are named " + part.name()
                        + ", so their results would have the same name: rename one of them");
            }
            if (!resume) {
                ResultsFolder.requireNone(cell.path());
            }
            cells.add(cell);
        }
        return new GridRun(cells, threads)
                .run(Terminal.standard(), "the same command with --resume", () -> report(reproduction, folder, cells));
    }

    private static String version() {
        String version = ReproduceCommand.class.getPackage().getImplementationVersion();
        return version == null ? "unpacked build" : version;
    }

    private void report(Reproduction reproduction, Path folder, List<GridCell> cells) throws IOException {
        List<TrialResults> trials = new ArrayList<>();
        for (GridCell cell : cells) {
            trials.add(TrialResults.read(cell.open()));
        }
        List<Summary> summaries = trials.stream().map(TrialResults::summary).toList();
        String text = reproduction.introduction() + reproduction.findings(summaries);
        Path findings = folder.resolve("findings.md");
        String figures = reproduction.figures(summaries);
        write(findings, text, figures);
        if (page != null) {
            write(page, text, figures);
        }
        String title = "Reproduction: " + name;
        Files.writeString(
                folder.resolve(Page.NAME),
                Page.of(title, TrialReport.english().several(title, Prose.of(text), trials)));
        PrintStream to = Terminal.standard().out();
        to.println();
        to.println(text);
        to.println("Written to " + findings + "; for plots open " + folder.resolve(Page.NAME));
    }

    private void write(Path file, String findings, String figures) throws IOException {
        Files.writeString(file, findings);
        if (!figures.isEmpty()) {
            Files.writeString(file.resolveSibling(name + ".csv"), figures);
        }
    }
}
