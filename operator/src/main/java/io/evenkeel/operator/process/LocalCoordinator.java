package io.evenkeel.operator.process;

import io.evenkeel.operator.terminal.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A coordinator in a process of its own, with everything it keeps in one folder, on a port that is free. For one thread at a time. */
public final class LocalCoordinator implements AutoCloseable {

    private final CoordinatorProcess process;

    private LocalCoordinator(CoordinatorProcess process) {
        this.process = process;
    }

    /**
     * Starts one and waits until it answers. It logs to {@code coordinator.log} in the folder and listens on this machine alone.
     *
     * @param folder made if there is none
     * @param options the JVM's
     * @throws CommandFailure if it does not start
     */
    public static LocalCoordinator start(Path folder, List<String> options) {
        try {
            Files.createDirectories(folder);
            CoordinatorProcess process = new CoordinatorProcess(
                    CoordinatorJar.launch(options),
                    folder.resolve("coordinator.log"),
                    CoordinatorProcess.newToken(),
                    List.of(),
                    List.of("--evenkeel.data=" + folder, "--server.shutdown=immediate"));
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

    /** Returns its address without {@code /api}. */
    public URI address() {
        return process.address();
    }

    /** Returns its operator's token. */
    public String operatorToken() {
        return process.token();
    }

    @Override
    public void close() {
        process.close();
    }
}
