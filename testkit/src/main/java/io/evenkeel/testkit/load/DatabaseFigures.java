package io.evenkeel.testkit.load;

import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Figures of a coordinator's database.
 *
 * @param bytes its size; with H2, the size of all files in the coordinator's folder
 * @param walBytes the bytes written to PostgreSQL's write-ahead log so far; {@link #UNKNOWN} with H2
 */
record DatabaseFigures(long bytes, long walBytes) {

    static final long UNKNOWN = -1;

    private static final String QUERY = "SELECT pg_database_size(current_database()), pg_current_wal_lsn() - '0/0'";

    static DatabaseFigures ofPostgres(String url) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUERY)) {
            row.next();
            return new DatabaseFigures(row.getLong(1), row.getLong(2));
        } catch (SQLException e) {
            throw new CommandFailure("the size of the database cannot be read: " + e.getMessage(), e);
        }
    }

    static DatabaseFigures ofFolder(Path folder) throws IOException {
        AtomicLong bytes = new AtomicLong();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes.addAndGet(attributes.size());
                return FileVisitResult.CONTINUE;
            }

            /** The coordinator may have deleted the file in the meantime. */
            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return new DatabaseFigures(bytes.get(), UNKNOWN);
    }
}
