package io.evenkeel.cli.context;

import io.evenkeel.cli.environment.CliEnvironment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes a context and its token. */
@Command(
        name = "remove",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description =
                "Removes a context and its token. The token stays valid at the coordinator until it is revoked there.")
final class ContextRemoveCommand implements Callable<Integer> {

    private final CliEnvironment environment;

    @Parameters(paramLabel = "NAME", description = "The context's name.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    ContextRemoveCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        ContextStore store = new ContextStore(environment);
        ContextList list = store.read();
        if (list.find(name).isEmpty()) {
            throw Contexts.unknown(name, list);
        }
        store.write(list.without(name));
        spec.commandLine().getOut().println("context '" + name + "' is forgotten");
        return 0;
    }
}
