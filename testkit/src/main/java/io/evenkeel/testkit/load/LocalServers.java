package io.evenkeel.testkit.load;

import io.evenkeel.tools.OperatorApi;
import io.evenkeel.tools.process.CoordinatorJar;
import io.evenkeel.tools.process.CoordinatorProcess;
import io.evenkeel.tools.process.JavaLaunch;
import io.evenkeel.tools.process.TemporaryFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The coordinators that a load test starts, on H2 in a temporary folder or together on one PostgreSQL. Not thread-safe. */
final class LocalServers implements AutoCloseable {

    private final TemporaryFolder folder = new TemporaryFolder("evenkeel-load-");
    private final List<CoordinatorProcess> processes = new ArrayList<>();
    private final @Nullable String databaseUrl;

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

    /** Starts coordinators, one after the other, and waits until they respond. Keeps their logs if one does not. */
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
        return new ServerFigures(ProcessFigures.of(pids), database);
    }

    @Override
    public void close() throws IOException {
        processes.forEach(CoordinatorProcess::close);
        folder.close();
    }
}
