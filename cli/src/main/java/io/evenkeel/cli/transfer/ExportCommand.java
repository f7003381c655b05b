package io.evenkeel.cli.transfer;

import io.evenkeel.operator.runfile.DamagedRunFileException;
import io.evenkeel.operator.runfile.RunFile;
import io.evenkeel.operator.terminal.CommandFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evenkeel export}: a run as it stands, in one file. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Writes a run with its devices, messages, models and records to a file, while it goes on.",
        footer = {
            "",
            "The file is verified before it takes its name. It has the devices' hashed secrets in it: keep it as you keep backups."
        })
public final class ExportCommand implements Callable<Integer> {

    @Option(names = "--run", required = true, paramLabel = "NAME", description = "The run's name.")
    @SuppressWarnings("NullAway.Init")
    private String run;

    @Option(names = "--to", required = true, paramLabel = "FILE", description = "Where to; an older file is replaced.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin
    private OperatorOptions operator = new OperatorOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            operator.api().exportRun(run, part);
            long rows;
            // A connection that broke can look like the end.
            try (InputStream in = new BufferedInputStream(Files.newInputStream(part))) {
                rows = RunFile.read(in, (kind, content) -> {});
            }
            long bytes = Files.size(part);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            PrintWriter out = spec.commandLine().getOut();
            out.println(String.format(
                    Locale.ROOT, "%s: run '%s', %,d rows, %,d bytes, all checksums verified", file, run, rows, bytes));
            return 0;
        } catch (DamagedRunFileException e) {
            throw new CommandFailure(
                    "the export is not whole (" + e.getMessage()
                            + "): look at the run's state and the coordinator's log, then export again",
                    e);
        } catch (IOException e) {
            throw new CommandFailure(
                    file + " cannot be written (" + e + "): check the folder and the room on the disk", e);
        }
    }
}
