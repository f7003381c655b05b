package io.evenkeel.cli.pilot;

import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.report.TrialReport;
import io.evenkeel.trial.report.TrialResults;
import io.evenkeel.trial.result.ResultsFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code evenkeel pilot report}: writes report.html again, or one report of several trials. */
@Command(
        name = "report",
        description = {
            "Writes report.html from the results of pilot compare: verdicts, plots and all figures in one file that"
                    + " needs no network. Several folders give one report with an overview.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  evenkeel pilot report results",
            "  evenkeel pilot report a9a phishing --out both.html",
            "  evenkeel pilot report results --lang ja --currency 円 --rate 160 --gb-up 300 --out report-ja.html",
            "",
            "To make a PDF, print the page from a browser; it has a style sheet for printing."
        })
final class ReportCommand extends PilotAction {

    @Parameters(paramLabel = "FOLDER", arity = "1..*", description = "Results folders of pilot compare.")
    private List<Path> folders = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "The file to write. Default: report.html in the folder; for several folders, report.html here.")
    private @Nullable Path out;

    @Mixin
    private final CostOptions options = new CostOptions();

    @Override
    protected int run() throws IOException {
        List<TrialResults> trials = new ArrayList<>();
        for (Path folder : folders) {
            trials.add(TrialResults.read(ResultsFolder.open(folder)));
        }
        boolean single = trials.size() == 1;
        Path file = out != null ? out : single ? folders.get(0).resolve(Page.NAME) : Path.of(Page.NAME);
        TrialReport report = new TrialReport(options.texts(), options.prices(), options.deployment());
        Files.writeString(file, single ? report.page(trials.get(0)) : report.page(trials));
        spec().commandLine().getOut().println(options.texts().get("decision.open", file));
        return 0;
    }
}
