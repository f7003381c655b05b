package io.evenkeel.cli.pilot;

import io.evenkeel.tools.terminal.Terminal;
import io.evenkeel.trial.grid.Answer;
import io.evenkeel.trial.grid.GridFolder;
import io.evenkeel.trial.grid.GridKind;
import io.evenkeel.trial.grid.GridPlan;
import io.evenkeel.trial.grid.GridReport;
import io.evenkeel.trial.report.Page;
import io.evenkeel.trial.source.DataException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that runs a grid of trials from options, from a file, or from the folder of an earlier attempt. */
abstract class GridAction extends PilotAction {

    /** The position of the command's own option, before the others. */
    static final int FIRST = -2;

    @Option(
            names = "--file",
            paramLabel = "YAML",
            description = "A ${COMMAND-NAME}.yaml with all settings, instead of other options.")
    private @Nullable Path file;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "The folder for results. Default: pilot-${COMMAND-NAME}.")
    private @Nullable Path out;

    @Option(names = "--force", description = "Replaces an existing ${COMMAND-NAME} in the folder.")
    private boolean force;

    @Option(names = "--resume", paramLabel = "FOLDER", description = "Continues an interrupted ${COMMAND-NAME}.")
    private @Nullable Path resume;

    @Option(names = "--threads", paramLabel = "T", description = "Threads. Default: one per core.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Mixin
    private final ExperimentOptions options = new ExperimentOptions();

    private final GridKind kind;
    private final String own;

    /**
     * @param own the command's own option, for messages
     */
    GridAction(GridKind kind, String own) {
        this.kind = kind;
        this.own = own;
    }

    /** Returns whether the command's own option is given. */
    abstract boolean isOwnGiven();

    /** Returns the plan that the options describe. */
    abstract GridPlan plan(ExperimentOptions settings);

    @Override
    protected final int run() throws IOException, InterruptedException {
        GridRun.checkThreads(threads);
        GridFolder folder = folder();
        Terminal terminal = Terminal.standard();
        String goOn = "evenkeel pilot " + kind + " --resume " + folder.path();
        try {
            return new GridRun(folder.cells(), threads)
                    .run(terminal, goOn, () -> print(GridReport.write(folder), folder.path(), terminal));
        } catch (DataException | IllegalArgumentException e) {
            folder.forget();
            throw e;
        }
    }

    private GridFolder folder() throws IOException {
        boolean others = isOwnGiven() || !options.isEmpty();
        if (resume != null) {
            if (file != null || out != null || force || others) {
                throw new IllegalArgumentException(
                        "--resume takes all settings from the folder: leave out --file, --out, --force, " + own
                                + " and all settings");
            }
            return GridFolder.open(resume, kind);
        }
        if (file != null && others) {
            throw new IllegalArgumentException(
                    "--file has all settings: leave out the others, or change them in a copy of " + file);
        }
        GridPlan plan = file != null ? kind.read(file) : plan(options);
        Path where = out == null ? Path.of("pilot-" + kind) : out;
        if (force) {
            GridFolder.delete(where, kind);
        }
        return GridFolder.create(where, plan);
    }

    private static void print(List<Answer> answers, Path folder, Terminal terminal) {
        PrintStream to = terminal.out();
        for (Answer answer : answers) {
            to.println();
            to.println(answer.question());
            answer.lines()
                    .forEach(line -> terminal.paragraph("  - " + line, "    ").forEach(to::println));
        }
        to.println();
        to.println("Results are in " + folder + "; for all figures open " + folder.resolve(Page.NAME));
    }
}
