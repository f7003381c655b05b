package io.evenkeel.testkit.load;

import io.evenkeel.tools.terminal.CommandFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** Inserts devices that are members of a run and send nothing, as rows of PostgreSQL: faster than enrolling them. */
final class FleetRows {

    private static final String ID = "lpad(CAST(x AS VARCHAR), 12, '0')";

    private FleetRows() {}

    /**
     * Inserts devices; at least one device must have enrolled and joined already.
     *
     * @param first the number of members so far
     */
    static void insert(String url, String run, int first, int count) {
        try (Connection connection = DriverManager.getConnection(url)) {
            execute(
                    connection,
                    "INSERT INTO client (id, name, secret_hash, enrolled_by, enrolled_at, last_seen_at, profile_id) SELECT "
                            + ID
                            + ", 'row-' || x, lpad(CAST(x AS VARCHAR), 64, '0'), enrolled_by, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP,"
                            + " profile_id FROM generate_series(1, ?) AS s(x), (SELECT * FROM client LIMIT 1) AS one",
                    count);
            execute(
                    connection,
                    "INSERT INTO member (run_id, client_id, ordinal, weight, active_from, joined_at) SELECT run.id, "
                            + ID
                            + ", ? + x, 1, 0, CURRENT_TIMESTAMP FROM generate_series(1, ?) AS s(x), run WHERE name = ?",
                    first - 1,
                    count,
                    run);
            execute(
                    connection,
                    "INSERT INTO member_chain (member_id, sequence, head, last_round) SELECT member.id, 0, 0, -1 FROM member"
                            + " JOIN run ON run.id = run_id WHERE name = ? AND ordinal >= ?",
                    run,
                    first);
            try (Statement statement = connection.createStatement()) {
                statement.execute("VACUUM ANALYZE client, member, member_chain");
            }
        } catch (SQLException e) {
            throw new CommandFailure("the devices cannot be inserted: " + e.getMessage(), e);
        }
    }

    private static void execute(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            int unused = statement.executeUpdate();
        }
    }
}
