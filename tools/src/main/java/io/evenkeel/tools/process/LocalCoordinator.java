package io.evenkeel.tools.process;

import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A coordinator in a separate process, with all its data in one folder, on a free port. Not thread-safe. */
public final class LocalCoordinator implements AutoCloseable {

    private final CoordinatorProcess process;

    private LocalCoordinator(CoordinatorProcess process) {
        this.process = process;
    }

    /**
     * Starts a coordinator and waits until it responds. It logs to {@code coordinator.log} in the folder and
     * listens on localhost only.
     *
     * @param folder the folder for data and log; created if it does not exist
     * @param options the options of the JVM
     * @param settings more settings, as arguments of Spring Boot
     * @throws CommandFailure if the coordinator does not start
     */
    public static LocalCoordinator start(Path folder, List<String> options, String... settings) {
        List<String> arguments = new ArrayList<>(List.of("--evenkeel.data=" + folder, "--server.shutdown=immediate"));
        arguments.addAll(List.of(settings));
        try {
            Files.createDirectories(folder);
            CoordinatorProcess process = new CoordinatorProcess(
                    CoordinatorJar.archived(options),
                    folder.resolve("coordinator.log"),
                    CoordinatorProcess.newToken(),
                    List.of(),
                    arguments);
            return started(process);
        } catch (IOException e) {
            throw new CommandFailure("the coordinator cannot be started: " + e, e);
        }
    }

    private static LocalCoordinator started(CoordinatorProcess process) throws IOException {
        try {
            process.start();
            process.awaitUp();
            return new LocalCoordinator(process);
        } catch (IOException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    /** Returns the coordinator's address without {@code /api}. */
    public URI address() {
        return process.address();
    }

    public String operatorToken() {
        return process.token();
    }

    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.close();
    }
}
