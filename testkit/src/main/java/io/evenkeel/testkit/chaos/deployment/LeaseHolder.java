package io.evenkeel.testkit.chaos.deployment;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;

/** Reads from a coordinator's database which process holds a run's lease. */
public final class LeaseHolder {

    private LeaseHolder() {}

    /**
     * Returns the process of the coordinator that holds a run's lease; empty if none does.
     *
     * @param table the table of runs, with its schema if that is not the connection's
     * @param run the run's name
     */
    public static OptionalLong process(Connection connection, String table, String run) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT lease_holder FROM " + table + " WHERE name = ?")) {
            query.setString(1, run);
            try (ResultSet rows = query.executeQuery()) {
                // The holder's name is HOST:PROCESS:NUMBER.
                String name = rows.next() ? rows.getString(1) : null;
                return name == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(name.split(":", 3)[1]));
            }
        }
    }
}
