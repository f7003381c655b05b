package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Reads the status of the database (its size, schema and disk) and of the object store. Thread-safe. */
@Component
public class DatabaseStatus {

    private final JdbcTemplate jdbc;
    private final Dialect dialect;
    private final Flyway flyway;
    private final @Nullable Path file;
    private final ObjectStore objects;
    private final StorageHealthIndicator storage;

    DatabaseStatus(
            JdbcTemplate jdbc,
            Dialect dialect,
            Flyway flyway,
            Environment environment,
            ObjectStore objects,
            StorageHealthIndicator storage) {
        this.objects = objects;
        this.storage = storage;
        this.jdbc = jdbc;
        this.dialect = dialect;
        this.flyway = flyway;
        this.file = DatabaseFile.of(environment).orElse(null);
    }

    /**
     * The status of the database at one time.
     *
     * @param product the database's name and version, such as {@code PostgreSQL 17.5}
     * @param bytes the database's size; absent if it is in memory
     * @param schemaVersion the version of the newest migration that was applied
     * @param migrations the number of migrations that were applied
     * @param disk the disk of the database's file; absent if there is no file on this host
     * @param objects the object store
     */
    public record Snapshot(
            String product,
            @Nullable Long bytes,
            String schemaVersion,
            int migrations,
            @Nullable Disk disk,
            Objects objects) {}

    /**
     * The object store.
     *
     * @param store the store's location, such as {@code folder /data/evenkeel.objects}
     * @param full whether it is full
     * @param problem the reason why it cannot be used now; absent if it can be used
     * @param disk the disk of its folder; absent if it is not a folder
     */
    public record Objects(
            String store,
            boolean full,
            @Nullable String problem,
            @Nullable Disk disk) {}

    /**
     * A disk.
     *
     * @param freeBytes the number of bytes that this process may still write
     * @param totalBytes its size
     */
    public record Disk(long freeBytes, long totalBytes) {}

    /** Reads the current status. */
    public Snapshot read() {
        MigrationInfo[] applied = flyway.info().applied();
        String version = applied.length == 0 ? "none" : String.valueOf(applied[applied.length - 1].getVersion());
        return new Snapshot(product(), bytes(), version, applied.length, disk(), objects());
    }

    private String product() {
        return String.valueOf(jdbc.execute((ConnectionCallback<String>) DatabaseStatus::product));
    }

    private static String product(Connection connection) throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        return data.getDatabaseProductName() + " "
                + data.getDatabaseProductVersion().replaceFirst(" .*", "");
    }

    private @Nullable Long bytes() {
        return switch (dialect) {
            case POSTGRESQL -> jdbc.queryForObject("SELECT pg_database_size(current_database())", Long.class);
            case H2 -> file == null || !Files.exists(file) ? null : sizeOf(file);
        };
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns H2's file; empty for another kind of database, or for one in memory. */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** Returns the disk of the database's file; null if there is no file on this host. */
    public @Nullable Disk disk() {
        return disk(file);
    }

    private Objects objects() {
        return new Objects(
                objects.toString(),
                storage.isFull(),
                storage.problem().orElse(null),
                disk(objects.folder().orElse(null)));
    }

    private static @Nullable Disk disk(@Nullable Path file) {
        if (file == null || !Files.exists(file)) {
            return null;
        }
        try {
            FileStore store = Files.getFileStore(file);
            return new Disk(store.getUsableSpace(), store.getTotalSpace());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
