package io.evenkeel.cli.pilot;

import io.evenkeel.trial.cost.CostReport;
import io.evenkeel.trial.cost.Prices;
import io.evenkeel.trial.result.ResultsFolder;
import io.evenkeel.trial.result.Summary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code evenkeel pilot cost}: what a trial's figures mean in money. */
@Command(
        name = "cost",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        sortOptions = false,
        showDefaultValues = true,
        description =
                "From a trial's results and your prices: yearly costs, savings and break-even, with ranges and assumptions.",
        footer = {
            "",
            "Example:",
            "  evenkeel pilot cost results --gb-up 4 --gb-down 1 --devices 5000 --trainings 52 --engineering-days 20"
        })
final class CostCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "The results of a pilot compare.")
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description = "Which of the trial's targets; the hardest one reached by the baseline if not given.",
            showDefaultValue = Visibility.NEVER)
    private @Nullable String target;

    @Option(names = "--gb-up", paramLabel = "PRICE", description = "Per GB a device sends.")
    private double up = 1;

    @Option(names = "--gb-down", paramLabel = "PRICE", description = "Per GB a device fetches.")
    private double down = 1;

    @Option(names = "--device-hour", paramLabel = "PRICE", description = "Per hour a device computes.")
    private double deviceHour = 0.01;

    @Option(names = "--engineering-day", paramLabel = "PRICE", description = "Per day of one person.")
    private double engineeringDay = 800;

    @Option(names = "--engineering-days", paramLabel = "DAYS", description = "What rolling out takes.")
    private double engineeringDays = 10;

    @Option(names = "--trainings", paramLabel = "N", description = "Trainings a year.")
    private double trainings = 52;

    @Option(names = "--devices", paramLabel = "N", description = "Devices of the real fleet.")
    private double devices = 1000;

    @Option(
            names = "--slowdown",
            paramLabel = "FACTOR",
            description = "How many times slower a device is than this machine.")
    private double slowdown = 10;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "Writes the same as a page with a picture too, such as cost.html.",
            showDefaultValue = Visibility.NEVER)
    private @Nullable Path out;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        return Refusals.told(spec, this::run);
    }

    private int run() throws IOException {
        Summary summary = ResultsFolder.open(folder).summary();
        String wanted = target != null ? target : hardest(summary);
        Prices prices = new Prices(up, down, deviceHour, engineeringDay, engineeringDays);
        PrintWriter terminal = spec.commandLine().getOut();
        CostReport report = new CostReport(summary, wanted, prices, trainings, devices, slowdown);
        report.lines().forEach(terminal::println);
        if (out != null) {
            Files.writeString(out, report.page());
        }
        terminal.flush();
        return 0;
    }

    private static String hardest(Summary summary) {
        if (summary.targets().isEmpty()) {
            throw new IllegalArgumentException("the trial has no targets: run it again with --target");
        }
        String hardest = summary.targets().get(0);
        for (Summary.ArmSummary arm : summary.arms()) {
            if (arm.name().equals(summary.baseline())) {
                for (Summary.Reach reach : arm.reaches()) {
                    hardest = reach.rounds().median() != null ? reach.target() : hardest;
                }
            }
        }
        return hardest;
    }
}
