package io.evenkeel.pilot.chaos;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** The messages that a coordinator's database says were accepted. */
final class MessageLog {

    private MessageLog() {}

    /**
     * Reads them all.
     *
     * @param url an H2 file, which no coordinator may have open
     */
    static List<Accepted> read(String url) throws SQLException {
        List<Accepted> entries = new ArrayList<>();
        try (Connection database = DriverManager.getConnection(url, "evenkeel", "");
                Statement statement = database.createStatement();
                ResultSet rows = statement.executeQuery("SELECT m.client_id, g.round_number, g.included_in, g.sequence,"
                        + " g.digest FROM message g JOIN member m ON m.id = g.member_id"
                        + " ORDER BY g.included_in, g.ordinal, g.sequence")) {
            while (rows.next()) {
                entries.add(new Accepted(
                        rows.getString(1), rows.getInt(2), rows.getInt(3), rows.getLong(4), rows.getLong(5)));
            }
        }
        return entries;
    }
}
