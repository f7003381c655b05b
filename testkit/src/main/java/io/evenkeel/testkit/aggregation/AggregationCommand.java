package io.evenkeel.testkit.aggregation;

import io.evenkeel.tools.terminal.StandardCommand;
import io.evenkeel.tools.terminal.Terminal;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the cost of a round with secure aggregation. */
@Command(
        name = "aggregation",
        description = {
            "Runs rounds with secure aggregation in this process, and measures bytes and processor time of a device"
                    + " and of the coordinator.",
            "All frames and checks are those of a real run. There is no network and no database."
        })
public final class AggregationCommand extends StandardCommand {

    @Option(
            names = "--devices",
            paramLabel = "N",
            split = ",",
            defaultValue = "10,30,100,300",
            description = "Devices of a cohort (default: ${DEFAULT-VALUE}).")
    private List<Integer> devices = List.of();

    @Option(
            names = "--values",
            paramLabel = "K",
            split = ",",
            defaultValue = "1000,10000,100000",
            description = "Values of a message (default: ${DEFAULT-VALUE}).")
    private List<Integer> values = List.of();

    @Option(
            names = "--drop-outs",
            paramLabel = "SHARE",
            split = ",",
            defaultValue = "0,0.1",
            description =
                    "Share of the devices that drop out after they have sent their shares (default: ${DEFAULT-VALUE}).")
    private List<Double> dropOuts = List.of();

    @Option(
            names = "--dropout",
            paramLabel = "SHARE",
            description =
                    "The share that may drop out in the later steps: the run's dropout (default: ${DEFAULT-VALUE}).")
    private double dropout = 0.1;

    @Option(
            names = "--collusion",
            paramLabel = "SHARE",
            description = "The run's collusion (default: ${DEFAULT-VALUE}).")
    private double collusion = 0.05;

    @Option(names = "--append", paramLabel = "FILE", description = "Append the rows to a file, as a Markdown table.")
    private @Nullable Path append;

    @Override
    public Integer call() throws Exception {
        PrintStream out = Terminal.standard().out();
        warmUp();
        out.println(AggregationCost.head());
        if (append != null && !Files.exists(append)) {
            write(append, AggregationCost.head());
        }
        for (int members : devices) {
            for (int words : values) {
                for (double dropping : dropOuts) {
                    String row = new MeasuredCohort(members, words, dropout, collusion, dropping)
                            .run()
                            .row();
                    out.println(row);
                    out.flush();
                    if (append != null) {
                        write(append, row);
                    }
                }
            }
        }
        return 0;
    }

    private void warmUp() throws Exception {
        for (int i = 0; i < 3; i++) {
            var unused = new MeasuredCohort(30, 10_000, dropout, collusion, 0.05).run();
        }
    }

    private static void write(Path file, String line) throws Exception {
        Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
