package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.coordinator.testing.Postgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Measures the bytes that an accepted message takes in addition to its payload; docs/storage.md has the figures. */
class StoredBytesTest {

    private static final int MESSAGES = 20_000;
    private static final int MEMBERS = 100;

    @TempDir
    Path folder;

    /**
     * Creates a database with a number of messages, and returns the size of the database or of its message table in
     * bytes.
     */
    private interface Filling {

        long bytes(String name, int messages, int payload) throws SQLException, IOException;
    }

    @Test
    void anAcceptedMessageAddsFewBytesToItsPayloadInAnH2File() throws SQLException, IOException {
        double[] bytes = measure("an H2 file", this::fillFile);

        assertThat(bytes[0]).isBetween(40.0, 250.0);
        assertThat(bytes[1]).isBetween(40.0, 300.0);
        assertThat(bytes[2]).isBetween(40.0, 1000.0);
    }

    @Test
    void anAcceptedMessageAddsFewBytesToItsPayloadOnPostgres() throws SQLException, IOException {
        double[] bytes = measure("PostgreSQL", StoredBytesTest::fillPostgres);

        assertThat(bytes[0]).isBetween(100.0, 400.0);
        assertThat(bytes[1]).isBetween(100.0, 400.0);
        assertThat(bytes[2]).isBetween(100.0, 3000.0);
    }

    /**
     * Returns the bytes per message with a deleted payload, and the bytes in excess of the payload for payloads of 200
     * and of 20,000 bytes.
     */
    private static double[] measure(String where, Filling filling) throws SQLException, IOException {
        long empty = filling.bytes("empty", 0, 0);
        double bare = (double) (filling.bytes("receipts", MESSAGES, 0) - empty) / MESSAGES;
        double besideSmall = (double) (filling.bytes("small", MESSAGES, 200) - empty) / MESSAGES - 200;
        double besideLarge =
                (double) (filling.bytes("large", MESSAGES / 10, 20_000) - empty) / (MESSAGES / 10) - 20_000;
        System.out.printf(
                "bytes a message in %s: %.0f once its payload is gone; beside a payload of 200 B %.0f, of 20 kB %.0f%n",
                where, bare, besideSmall, besideLarge);
        return new double[] {bare, besideSmall, besideLarge};
    }

    /** Measures the file after it was closed and compacted. */
    private long fillFile(String name, int messages, int payload) throws SQLException, IOException {
        Path file = folder.resolve(name);
        String url = "jdbc:h2:file:" + file;
        CoordinatorSchema.create(new DriverManagerDataSource(url, "sa", ""), Dialect.H2);
        try (Connection database = DriverManager.getConnection(url, "sa", "");
                Statement statement = database.createStatement()) {
            fill(database, messages, payload);
            statement.execute("SHUTDOWN COMPACT");
        }
        return Files.size(Path.of(file + ".mv.db"));
    }

    /** Measures the tables with their indexes and out-of-line storage, without the log. */
    private static long fillPostgres(String name, int messages, int payload) throws SQLException {
        String url = Postgres.shared().newDatabase();
        CoordinatorSchema.create(new DriverManagerDataSource(url), Dialect.POSTGRESQL);
        try (Connection database = DriverManager.getConnection(url);
                Statement statement = database.createStatement()) {
            fill(database, messages, payload);
            try (ResultSet size = statement.executeQuery(
                    "SELECT pg_total_relation_size('message') + pg_total_relation_size('message_payload')")) {
                size.next();
                return size.getLong(1);
            }
        }
    }

    private static void fill(Connection database, int messages, int payload) throws SQLException {
        try (Statement statement = database.createStatement()) {
            database.setAutoCommit(false);
            statement.execute(
                    "INSERT INTO run (id, name, definition, state, closing, round_number, created_at, accepted, extended,"
                            + " stationary, best_round, diverged_rounds, total_bytes)"
                            + " VALUES (1, 'r', '{}', 'RUNNING', FALSE, 0, CURRENT_TIMESTAMP, 0, 0, FALSE, 0, 0, 0)");
            for (int member = 1; member <= MEMBERS; member++) {
                statement.execute(
                        "INSERT INTO member (id, run_id, client_id, ordinal, weight, active_from, joined_at) VALUES ("
                                + member + ", 1, 'c" + member + "', " + member + ", 1, 0, CURRENT_TIMESTAMP)");
            }
            insert(database, messages, payload);
            database.commit();
        }
    }

    private static void insert(Connection database, int messages, int payload) throws SQLException {
        Random random = new Random(1);
        byte[] bytes = new byte[payload];
        try (PreparedStatement insert = database.prepareStatement(
                        "INSERT INTO message (member_id, round_number, run_id, ordinal, included_in, sequence, digest,"
                                + " accepted_at, bytes, payload_id) VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?)");
                PreparedStatement payloads =
                        database.prepareStatement("INSERT INTO message_payload (id, data) VALUES (?, ?)")) {
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
                insert.setLong(9, i);
                insert.addBatch();
                if (payload > 0) {
                    payloads.setLong(1, i);
                    payloads.setBytes(2, bytes);
                    payloads.addBatch();
                }
                if (i % 500 == 499) {
                    payloads.executeBatch();
                    insert.executeBatch();
                }
            }
            payloads.executeBatch();
            insert.executeBatch();
        }
    }
}
