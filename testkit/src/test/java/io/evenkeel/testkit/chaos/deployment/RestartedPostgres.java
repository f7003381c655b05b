package io.evenkeel.testkit.chaos.deployment;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;

/** A PostgreSQL that can be restarted on the same port and data. */
public final class RestartedPostgres implements AutoCloseable {

    private final EmbeddedPostgres.Builder builder;
    private EmbeddedPostgres server;

    public RestartedPostgres(Path folder) throws IOException {
        builder = EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setServerConfig("synchronous_commit", "on");
        server = builder.start();
        builder.setPort(server.getPort());
    }

    public String url() {
        return server.getJdbcUrl("postgres", "postgres");
    }

    public void restart() throws IOException {
        server.close();
        server = builder.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
