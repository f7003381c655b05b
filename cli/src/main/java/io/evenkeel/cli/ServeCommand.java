package io.evenkeel.cli;

import io.evenkeel.operator.process.CoordinatorJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** Starts the coordinator alone, as a child process. The script {@code evenkeel} starts the coordinator in this one's place. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Starts the coordinator: by default on port 8080, with an H2 database in ./data.",
        footer = {
            "",
            "Anything else is handed to Spring Boot, such as --spring.datasource.url=jdbc:postgresql://db/evenkeel.",
            "The first start prints the operator's token, unless EVENKEEL_OPERATOR_TOKEN sets one."
        })
final class ServeCommand implements Callable<Integer> {

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where to listen (default: 8080; 0: any that is free).")
    private @Nullable Integer port;

    @Option(names = "--data", paramLabel = "FOLDER", description = "Where the database lies (default: ./data).")
    private @Nullable Path data;

    @Unmatched
    private List<String> passedOn = new ArrayList<>();

    ServeCommand() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        Process coordinator = new ProcessBuilder(
                        CoordinatorJar.launch(List.of()).commandLine(springArguments()))
                .inheritIO()
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(coordinator), "serve-end"));
        return coordinator.waitFor();
    }

    private static void end(Process coordinator) {
        coordinator.destroy();
        coordinator.onExit().join();
    }

    // Only what was asked for: everything else is the coordinator's own default, which its environment may override.
    private List<String> springArguments() {
        List<String> arguments = new ArrayList<>();
        if (port != null) {
            arguments.add("--server.port=" + port);
        }
        if (data != null) {
            arguments.add("--evenkeel.data=" + data.toAbsolutePath());
        }
        arguments.addAll(passedOn);
        return arguments;
    }
}
