package io.evenkeel.testkit.load;

import io.evenkeel.testkit.chaos.deployment.LeaseHolder;
import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.CoordinatorJar;
import io.evenkeel.tools.process.CoordinatorProcess;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.TemporaryFolder;
import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The coordinators that a load test starts, on H2 in a temporary folder or together on one PostgreSQL. Not
 * thread-safe.
 */
final class LocalServers implements AutoCloseable {

    private final TemporaryFolder folder = new TemporaryFolder("evenkeel-load-");
    private final List<CoordinatorProcess> processes = new ArrayList<>();
    private final @Nullable String databaseUrl;
    private Duration cpuOfKilled = Duration.ZERO;

    /**
     * @param databaseUrl PostgreSQL, or null for H2
     * @param settings further settings, NAME=VALUE
     */
    private LocalServers(int replicas, @Nullable String databaseUrl, List<String> options, List<String> settings)
            throws IOException {
        this.databaseUrl = databaseUrl;
        JavaLaunch launch = CoordinatorJar.archived(options);
        List<String> arguments = new ArrayList<>(List.of("--server.shutdown=immediate"));
        settings.forEach(setting -> arguments.add("--" + setting));
        if (databaseUrl != null) {
            arguments.add("--spring.datasource.url=" + databaseUrl);
        }
        String token = CoordinatorProcess.newToken();
        for (int i = 0; i < replicas; i++) {
            Path data = folder.path().resolve("coordinator-" + i);
            List<String> own = new ArrayList<>(arguments);
            own.add("--evenkeel.data=" + data);
            processes.add(new CoordinatorProcess(
                    launch, folder.path().resolve("coordinator-" + i + ".log"), token, List.of(), own));
        }
    }

    /** Starts coordinators sequentially, and waits until they respond. Keeps their logs if one does not. */
    static LocalServers start(int replicas, @Nullable String databaseUrl, List<String> options, List<String> settings)
            throws IOException {
        LocalServers servers = new LocalServers(replicas, databaseUrl, options, settings);
        try {
            for (CoordinatorProcess process : servers.processes) {
                process.start();
                process.awaitUp();
            }
            return servers;
        } catch (IOException | RuntimeException e) {
            servers.processes.forEach(CoordinatorProcess::close);
            throw e;
        }
    }

    List<URI> addresses() {
        return processes.stream().map(CoordinatorProcess::address).toList();
    }

    OperatorApi operator() {
        return processes.get(0).operator();
    }

    ServerFigures figures() throws IOException {
        List<Long> pids = processes.stream().map(CoordinatorProcess::pid).toList();
        DatabaseFigures database =
                databaseUrl == null ? DatabaseFigures.ofFolder(folder.path()) : DatabaseFigures.ofPostgres(databaseUrl);
        ProcessFigures running = ProcessFigures.of(pids);
        return new ServerFigures(
                new ProcessFigures(running.cpu().plus(cpuOfKilled), running.residentBytes(), running.peakBytes()),
                database);
    }

    /**
     * Kills the coordinator that holds a run's lease, and restarts it without waiting; returns whether there was a
     * holder.
     */
    boolean killHolder(String run) throws IOException, InterruptedException {
        OptionalLong holder = holder(run);
        for (CoordinatorProcess process : processes) {
            if (holder.isPresent() && process.isProcess(holder.getAsLong())) {
                cpuOfKilled = cpuOfKilled.plus(ProcessFigures.of(process.pid()).cpu());
                process.kill();
                process.start();
                return true;
            }
        }
        return false;
    }

    private OptionalLong holder(String run) {
        try (Connection connection = DriverManager.getConnection(Objects.requireNonNull(databaseUrl))) {
            return LeaseHolder.process(connection, "run", run);
        } catch (SQLException e) {
            throw new CommandFailure("the lease's holder cannot be read: " + e.getMessage(), e);
        }
    }

    /** Waits until all coordinators respond again. */
    void awaitBack() throws IOException {
        for (CoordinatorProcess process : processes) {
            process.awaitBack();
        }
    }

    @Override
    public void close() throws IOException {
        processes.forEach(CoordinatorProcess::close);
        folder.close();
    }
}
