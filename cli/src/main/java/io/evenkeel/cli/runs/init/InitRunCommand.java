package io.evenkeel.cli.runs.init;

import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import io.evenkeel.tools.terminal.StandardCommand;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Writes a run's definition with comments, for editing. */
@Command(
        name = "init",
        description = {
            "Writes a run's definition with comments on all other fields, for editing and for 'create'.",
            "With --from the definition has the names and shapes of the tensors in a model file, which must be those"
                    + " of the devices' code. For a module in Python, 'python -m evenkeel run model.py:FACTORY' writes the"
                    + " definition, the initial model and a device's script."
        })
public final class InitRunCommand extends StandardCommand {

    @Option(names = "--name", paramLabel = "NAME", description = "The run's name (default: my-run).")
    private String name = "my-run";

    @Option(names = "--from", paramLabel = "FILE", description = "A .safetensors or .npy file of the model.")
    private @Nullable Path model;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The file to write; - is standard output (default: NAME.yaml).")
    private @Nullable Path file;

    @Option(names = "--force", description = "Replace an existing file.")
    private boolean force;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (!name.matches("[a-z0-9-]{1,64}")) {
            throw new CommandFailure(ExitCode.USAGE, "--name is '" + name + "': expected a-z, 0-9 and -, at most 64");
        }
        if (model != null && String.valueOf(model.getFileName()).matches(".*\\.py(:.*)?")) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    model + " is Python, which this command does not run: python -m evenkeel run "
                            + (model.toString().contains(":") ? model : model + ":FACTORY") + " --name " + name
                            + " writes the definition, the initial model and a device's script");
        }
        List<TensorFile.Tensor> tensors = model == null ? List.of() : TensorFile.read(model);
        String text = RunTemplate.of(name, tensors, model);
        if (file != null && file.equals(Path.of("-"))) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
            return 0;
        }
        Path target = file != null ? file : Path.of(name + ".yaml");
        write(target, text);
        String upload = model == null ? "" : " --model " + model;
        spec.commandLine()
                .getOut()
                .println("wrote " + target + "; edit it, then: evenkeel runs create -f " + target + upload);
        return 0;
    }

    private void write(Path target, String text) {
        OpenOption[] options =
                force ? new OpenOption[0] : new OpenOption[] {StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE};
        try {
            Files.writeString(target, text, options);
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailure(
                    ExitCode.CONFLICT, target + " exists: choose another with -f, or replace it with --force", e);
        } catch (IOException e) {
            throw new CommandFailure(target + " cannot be written (" + e + "): check the folder", e);
        }
    }
}
