package io.evenkeel.cli;

import io.evenkeel.tools.process.CoordinatorJar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/**
 * Starts only the coordinator, as a child process. The script {@code evenkeel} starts the coordinator
 * directly instead.
 */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Starts the coordinator: by default on port 8080, with an H2 database in ./data.",
        footer = {
            "",
            "All other options are passed to Spring Boot, such as --spring.datasource.url=jdbc:postgresql://db/evenkeel.",
            "The first start prints the operator's token, unless EVENKEEL_OPERATOR_TOKEN sets one.",
            "The first start of a relay enrols with the token in EVENKEEL_RELAY_ENROLMENT_TOKEN."
        })
final class ServeCommand implements Callable<Integer> {

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port to listen on (default: 8080; 0: any free port).")
    private @Nullable Integer port;

    @Option(names = "--data", paramLabel = "FOLDER", description = "The folder of the database (default: ./data).")
    private @Nullable Path data;

    @Option(
            names = "--upstream",
            paramLabel = "URL",
            description = "The coordinator in whose run this one is a relay for its own devices; needs --upstream-run.")
    private @Nullable String upstream;

    @Option(names = "--upstream-run", paramLabel = "RUN", description = "The run at that coordinator.")
    private @Nullable String upstreamRun;

    @Unmatched
    private List<String> passedOn = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Process coordinator = new ProcessBuilder(
                        CoordinatorJar.archived(List.of()).commandLine(springArguments()))
                .inheritIO()
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(coordinator), "serve-end"));
        return coordinator.waitFor();
    }

    private static void end(Process coordinator) {
        coordinator.destroy();
        coordinator.onExit().join();
    }

    // Passes on only the given options; the coordinator's environment sets defaults for the others.
    private List<String> springArguments() {
        List<String> arguments = new ArrayList<>();
        if (port != null) {
            arguments.add("--server.port=" + port);
        }
        if (data != null) {
            arguments.add("--evenkeel.data=" + data.toAbsolutePath());
        }
        if (upstream != null) {
            arguments.add("--upstream=" + upstream);
        }
        if (upstreamRun != null) {
            arguments.add("--upstream-run=" + upstreamRun);
        }
        arguments.addAll(passedOn);
        return arguments;
    }
}
