package io.evenkeel.pilot;

import io.evenkeel.coordinator.CoordinatorApplication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

/** Starts the coordinator alone. */
@Command(
        name = ServeCommand.NAME,
        mixinStandardHelpOptions = true,
        usageHelpAutoWidth = true,
        description = "Starts the coordinator: by default on port 8080, with an H2 database in ./data.",
        footer = {
            "",
            "Anything else is handed to Spring Boot, such as --spring.datasource.url=jdbc:postgresql://db/evenkeel.",
            "The first start prints the operator's token, unless EVENKEEL_OPERATOR_TOKEN sets one."
        })
final class ServeCommand implements Callable<Integer> {

    static final String NAME = "serve";

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
    public Integer call() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);
        SpringApplication application = CoordinatorApplication.application();
        application.addListeners((ApplicationListener<ContextClosedEvent>) event -> closed.countDown());
        try {
            application.run(springArguments().toArray(String[]::new));
        } catch (RuntimeException e) {
            // Spring Boot has said what is wrong, and what to do.
            return ExitCode.SOFTWARE;
        }
        closed.await();
        return 0;
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
