package io.evenkeel.cli.transfer;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.operator.CoordinatorClient;
import io.evenkeel.operator.OperatorApi;
import io.evenkeel.operator.runfile.DamagedRunFileException;
import io.evenkeel.operator.runfile.RunFile;
import io.evenkeel.operator.terminal.CommandFailure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code evenkeel export}: writes a run to a file. */
@Command(
        name = "export",
        description = "Writes a run with its devices, messages, models and records to a file, while the run continues.",
        footer = {
            "",
            "The file is verified before it gets its name. It contains the hashed secrets of devices: protect it like a backup."
        })
public final class ExportCommand extends ApiCommand {

    @Option(names = "--run", required = true, paramLabel = "NAME", description = "The run's name.")
    @SuppressWarnings("NullAway.Init")
    private String run;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "FILE",
            description = "The file to write; an existing file is replaced.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    ExportCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            new OperatorApi(client).exportRun(run, part);
            long rows;
            // A broken connection can look like the end of the file.
            try (InputStream in = new BufferedInputStream(Files.newInputStream(part))) {
                rows = RunFile.read(in, (kind, content) -> {});
            }
            long bytes = Files.size(part);
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            ObjectNode done = new JsonMapper().createObjectNode();
            done.put("run", run).put("file", file.toString()).put("rows", rows).put("bytes", bytes);
            String text = String.format(
                    Locale.ROOT, "%s: run '%s', %,d rows, %,d bytes, all checksums verified", file, run, rows, bytes);
            output.print(done, page -> List.of(text));
            return 0;
        } catch (DamagedRunFileException e) {
            throw new CommandFailure(
                    "the export is incomplete (" + e.getMessage()
                            + "): look at the run's state and the coordinator's log, then export again",
                    e);
        } catch (IOException e) {
            throw new CommandFailure(
                    file + " cannot be written (" + e + "): check the folder and the free space on the disk", e);
        }
    }
}
