package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.tools.terminal.TextTable;
import io.evenkeel.trial.cost.CostModel;
import io.evenkeel.trial.cost.Decision;
import io.evenkeel.trial.report.DecisionBrief;
import io.evenkeel.trial.report.DecisionPage;
import io.evenkeel.trial.report.DecisionText;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import io.evenkeel.trial.text.Texts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code evenkeel pilot cost}: computes whether compression pays. */
@Command(
        name = "cost",
        description = {
            "Computes from a trial's results and your prices whether compression pays, the yearly cost of each method,"
                    + " and the fleet, model or price from which compression pays.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  evenkeel pilot cost results --gb-up 4 --gb-down 1 --devices 5000 --parameters 1e6 --out cost.html",
            "  evenkeel pilot cost results --currency 円 --rate 160 --gb-up 300 --gb-down 100 --lang ja --out cost.html"
        })
final class CostCommand extends PilotAction {

    @Parameters(paramLabel = "FOLDER", description = "A results folder of pilot compare.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description =
                    "The trial's target that a training must reach. Default: the hardest one that the baseline and"
                            + " another method reached.")
    private @Nullable String target;

    @Mixin
    private final CostOptions options = new CostOptions();

    @Option(names = "--out", paramLabel = "FILE", description = "Writes the page for the decision, such as cost.html.")
    private @Nullable Path out;

    @Override
    protected int run() throws IOException {
        Terminal terminal = Terminal.standard();
        ResultsFolder results = ResultsFolder.open(folder);
        Summary summary = results.summary();
        String wanted = target != null ? target : CostModel.hardestTarget(summary);
        CostModel model = CostModel.of(results.experiment(), summary, wanted, options.prices(), options.deployment());
        Decision decision = new Decision(model);
        Texts texts = options.texts();
        print(new DecisionText(texts, decision), new DecisionBrief(texts, decision), summary, terminal);
        if (out != null) {
            Files.writeString(out, DecisionPage.of(texts, decision));
            PrintWriter to = spec().commandLine().getOut();
            to.println();
            to.println(texts.get("decision.open", out));
            to.flush();
        }
        return 0;
    }

    private void print(DecisionText text, DecisionBrief brief, Summary summary, Terminal terminal) {
        PrintWriter to = spec().commandLine().getOut();
        text.lead().forEach(sentence -> terminal.paragraph(sentence, "").forEach(to::println));
        terminal.paragraph(text.today(), "").forEach(to::println);
        to.println();
        if (!brief.isEmpty()) {
            TextTable beside = new TextTable().row(brief.header());
            brief.rows().forEach(beside::row);
            beside.lines().forEach(to::println);
            terminal.paragraph(brief.risk(), "").forEach(to::println);
            to.println();
        }
        TextTable table = new TextTable().row(text.header());
        summary.arms().forEach(arm -> table.row(text.row(arm)));
        table.lines().forEach(to::println);
        to.println();
        brief.consequences()
                .forEach(sentence -> terminal.paragraph(sentence, "").forEach(to::println));
        to.println();
        text.assumptions()
                .forEach(assumption ->
                        terminal.paragraph("- " + assumption, "  ").forEach(to::println));
        to.flush();
    }
}
