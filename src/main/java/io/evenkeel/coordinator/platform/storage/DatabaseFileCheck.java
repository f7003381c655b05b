package io.evenkeel.coordinator.platform.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Refuses to start with a file that contains no database. H2 treats an empty file as a new database, so after
 * a failed copy or restore the coordinator would continue without its runs.
 */
final class DatabaseFileCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    /**
     * The database's file before H2 opened it.
     *
     * @param file the file, null if it did not exist
     * @param permissions the file's permissions; null for another kind of database, or for one in memory
     */
    record Found(@Nullable Path file, @Nullable DatabaseFilePermissions permissions) {

        /**
         * Checks the database and the permissions of its file. Called after H2 has opened or created the
         * file.
         */
        void opened(DataSource source) {
            if (permissions != null) {
                permissions.mend();
            }
            requireTables(source);
        }

        /** Refuses a database without tables in a file that existed before. */
        private void requireTables(DataSource source) {
            if (file == null) {
                return;
            }
            Integer tables = new JdbcTemplate(source)
                    .queryForObject(
                            "SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = 'PUBLIC'",
                            Integer.class);
            if (tables == null || tables == 0) {
                throw new DatabaseFileException(
                        file, "contains no tables: it was truncated, or its first start was interrupted");
            }
        }
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        Path configured = DatabaseFile.of(context.getEnvironment()).orElse(null);
        if (configured == null) {
            context.getBeanFactory().registerSingleton("databaseFileFound", new Found(null, null));
            return;
        }
        DatabaseFilePermissions permissions = new DatabaseFilePermissions(configured);
        permissions.createFolder();
        Path file = Files.exists(configured) ? configured : null;
        if (file != null) {
            check(file);
            if (context.getEnvironment().getProperty("evenkeel.storage.rewrite-file", Boolean.class, false)) {
                DatabaseFile.rewrite(file);
            }
            permissions.mend();
        }
        context.getBeanFactory().registerSingleton("databaseFileFound", new Found(file, permissions));
    }

    private static void check(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new DatabaseFileException(file, "is not a file");
        }
        if (!Files.isReadable(file) || !Files.isWritable(file)) {
            throw new DatabaseFileException(
                    file, "cannot be read and written by the user " + System.getProperty("user.name"));
        }
        try {
            if (Files.size(file) == 0) {
                throw new DatabaseFileException(file, "is empty");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
