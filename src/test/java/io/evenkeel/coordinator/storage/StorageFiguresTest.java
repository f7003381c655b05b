package io.evenkeel.coordinator.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Random;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures what an accepted message takes in an H2 file beside its payload; docs/storage.md has the figures. */
class StorageFiguresTest {

    private static final int MESSAGES = 20_000;
    private static final int MEMBERS = 100;

    @TempDir
    Path folder;

    @Test
    void anAcceptedMessageTakesLittleBesideItsPayload() throws SQLException, IOException {
        long empty = fill("empty", 0, 0);
        long receipts = fill("receipts", MESSAGES, 0);
        long small = fill("small", MESSAGES, 200);
        long large = fill("large", MESSAGES / 10, 20_000);
        double bare = (double) (receipts - empty) / MESSAGES;
        double besideSmall = (double) (small - empty) / MESSAGES - 200;
        double besideLarge = (double) (large - empty) / (MESSAGES / 10) - 20_000;
        System.out.printf(
                "bytes a message in an H2 file: %.0f once its payload is gone; beside a payload of 200 B %.0f, of 20 kB %.0f%n",
                bare, besideSmall, besideLarge);
        assertThat(bare).isBetween(40.0, 250.0);
        assertThat(besideSmall).isBetween(40.0, 300.0);
        assertThat(besideLarge).isBetween(40.0, 1000.0);
    }

    /** Returns the size of a database with so many messages, after it was closed and compacted. */
    private long fill(String name, int messages, int payload) throws SQLException, IOException {
        Path file = folder.resolve(name);
        String url = "jdbc:h2:file:" + file;
        Flyway.configure()
                .dataSource(url, "sa", "")
                .placeholders(Map.of("blob", Dialect.H2.blob()))
                .load()
                .migrate();
        try (Connection database = DriverManager.getConnection(url, "sa", "");
                Statement statement = database.createStatement()) {
            database.setAutoCommit(false);
            statement.execute(
                    "INSERT INTO run (id, name, definition, state, closing, round_number, created_at, accepted,"
                            + " extended, stationary) VALUES (1, 'r', '{}', 'RUNNING', FALSE, 0, CURRENT_TIMESTAMP, 0, 0, FALSE)");
            for (int member = 1; member <= MEMBERS; member++) {
                statement.execute(
                        "INSERT INTO member (id, run_id, client_id, ordinal, weight, active_from, sequence, head,"
                                + " last_round, joined_at) VALUES (" + member + ", 1, 'c" + member + "', " + member
                                + ", 1, 0, 0, 0, 0, CURRENT_TIMESTAMP)");
            }
            insert(database, messages, payload);
            database.commit();
            statement.execute("SHUTDOWN COMPACT");
        }
        return Files.size(Path.of(file + ".mv.db"));
    }

    private static void insert(Connection database, int messages, int payload) throws SQLException {
        Random random = new Random(1);
        byte[] bytes = new byte[payload];
        try (PreparedStatement insert = database.prepareStatement(
                "INSERT INTO message (member_id, round_number, run_id, ordinal, included_in, sequence, digest, accepted_at,"
                        + " bytes, payload) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < messages; i++) {
                random.nextBytes(bytes);
                insert.setLong(1, 1 + i % MEMBERS);
                insert.setInt(2, i / MEMBERS);
                insert.setInt(3, i % MEMBERS);
                insert.setInt(4, i / MEMBERS);
                insert.setLong(5, 1 + i / MEMBERS);
                insert.setLong(6, random.nextLong());
                insert.setObject(7, OffsetDateTime.parse("2026-03-01T12:00:00Z").plusSeconds(i / MEMBERS));
                insert.setInt(8, payload);
                insert.setBytes(9, payload == 0 ? null : bytes);
                insert.addBatch();
                if (i % 500 == 499) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
        }
    }
}
