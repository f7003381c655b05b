package io.evenkeel.cli.transfer;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code evenkeel import}: reads an export into another coordinator. */
@Command(
        name = "import",
        description = "Imports a file that 'export' wrote: all of it, or nothing if a single byte is wrong.",
        footer = {
            "",
            "Runs and roll-outs that were running are paused: resume them when their devices use this coordinator, and"
                    + " they are stopped at the other."
        })
public final class ImportCommand extends ApiCommand {

    private static final List<String> KINDS = List.of("runs", "models", "rollouts", "experiments", "evaluations");

    @Option(names = "--from", required = true, paramLabel = "FILE", description = "The file that 'export' wrote.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        if (!Files.isReadable(file)) {
            throw new CommandFailure(ExitCode.USAGE, "there is no file " + file + " that can be read: correct --from");
        }
        JsonNode imported = new OperatorApi(client).importFile(file);
        output.print(imported, page -> text(imported));
        return 0;
    }

    private static List<String> text(JsonNode imported) {
        List<String> lines = new ArrayList<>();
        for (String kind : KINDS) {
            names(imported, kind).ifPresent(names -> lines.add("imported " + kind + ": " + names));
        }
        if (lines.isEmpty()) {
            lines.add("the file contains at most devices; nothing else was imported");
        }
        names(imported, "paused")
                .ifPresent(names -> lines.add("paused here, was running: " + names
                        + "; resume it when its devices use this coordinator and it is stopped at the other one"));
        for (JsonNode what : imported.path("leftOut")) {
            lines.add("the export had left out: " + what.asString());
        }
        return lines;
    }

    private static Optional<String> names(JsonNode imported, String kind) {
        List<String> names = new ArrayList<>();
        for (JsonNode name : imported.path(kind)) {
            names.add(name.asString());
        }
        return names.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", names));
    }
}
