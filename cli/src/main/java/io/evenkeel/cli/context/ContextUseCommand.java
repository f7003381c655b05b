package io.evenkeel.cli.context;

import io.evenkeel.cli.environment.CliEnvironment;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a context the current one. */
@Command(
        name = "use",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Makes a context the current one.")
final class ContextUseCommand implements Callable<Integer> {

    private final CliEnvironment environment;

    @Parameters(paramLabel = "NAME", description = "The context's name.")
    @SuppressWarnings("NullAway.Init")
    private String name;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    ContextUseCommand(CliEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        ContextStore store = new ContextStore(environment);
        ContextList list = store.read();
        Context context = list.find(name).orElseThrow(() -> Contexts.unknown(name, list));
        store.write(list.using(name));
        spec.commandLine().getOut().println("the current context is '" + name + "', " + context.coordinator());
        return 0;
    }
}
