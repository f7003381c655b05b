package io.evenkeel.cli.transfer;

import io.evenkeel.operator.terminal.CommandFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code evenkeel import}: an exported run, into another coordinator. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Reads a run from a file that 'export' wrote: all of it, or nothing if a single byte is wrong.",
        footer = {"", "A run that was running is paused: resume it once its devices come to this coordinator."})
public final class ImportCommand implements Callable<Integer> {

    @Option(names = "--from", required = true, paramLabel = "FILE", description = "What 'export' wrote.")
    @SuppressWarnings("NullAway.Init")
    private Path file;

    @Mixin
    private OperatorOptions operator = new OperatorOptions();

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (!Files.isReadable(file)) {
            throw new CommandFailure("there is no file " + file + " that can be read: correct --from");
        }
        String run = operator.api().importRun(file);
        spec.commandLine().getOut().println("run '" + run + "' was imported; see its state before resuming it");
        return 0;
    }
}
