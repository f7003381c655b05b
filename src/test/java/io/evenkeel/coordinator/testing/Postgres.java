package io.evenkeel.coordinator.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server for tests, without a container. Thread-safe except for stops and restarts. */
public final class Postgres implements AutoCloseable {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static @Nullable Postgres shared;

    private final EmbeddedPostgres.Builder builder;
    private EmbeddedPostgres server;

    private Postgres(EmbeddedPostgres.Builder builder) {
        this.builder = builder;
        this.server = start(builder);
    }

    /** Returns the server that all tests of this JVM share; it ends with the JVM. */
    public static synchronized Postgres shared() {
        if (shared == null) {
            shared = new Postgres(EmbeddedPostgres.builder());
        }
        return shared;
    }

    /** Starts a server that can be restarted and syncs its commits, with its files in a folder. */
    public static Postgres in(Path folder) {
        Postgres first = new Postgres(EmbeddedPostgres.builder()
                .setDataDirectory(folder)
                .setCleanDataDirectory(false)
                .setServerConfig("synchronous_commit", "on"));
        first.builder.setPort(first.server.getPort());
        return first;
    }

    /** Creates an empty database and returns its URL, which includes the user. */
    public String newDatabase() {
        String name = "test" + NAMES.incrementAndGet();
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return server.getJdbcUrl("postgres", name);
    }

    /** Replaces a database with a copy of another one; neither may be in use. */
    void copy(String from, String to) {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + to + " WITH (FORCE)");
            statement.execute("CREATE DATABASE " + to + " TEMPLATE " + from);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stops the server, which breaks all connections. */
    public void stop() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Simulates a crash of the server: unwritten data is lost.
     *
     * @param folder the folder with its files
     */
    public void crash(Path folder) throws IOException, InterruptedException {
        String pid = Files.readAllLines(folder.resolve("postmaster.pid")).get(0);
        ProcessHandle server = ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
        int unused = new ProcessBuilder("kill", "-QUIT", pid.strip()).start().waitFor();
        server.onExit().join();
        stop();
    }

    /** Starts the server again on the same port. */
    public void start() {
        server = start(builder);
    }

    @Override
    public void close() {
        stop();
    }

    private static EmbeddedPostgres start(EmbeddedPostgres.Builder builder) {
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
