package io.evenkeel.testkit.chaos.deployment;

import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.tools.terminal.CommandFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;

/**
 * A separate schema in a PostgreSQL database. User and password are in the URL or, as for a coordinator, in the variables {@code
 * SPRING_DATASOURCE_USERNAME} and {@code SPRING_DATASOURCE_PASSWORD}.
 */
public final class PostgresSchema implements Database {

    private final String url;
    private final String schema;

    private PostgresSchema(String url, String schema) {
        this.url = url;
        this.schema = schema;
    }

    /**
     * Creates a new schema.
     *
     * @throws CommandFailure if the database cannot be reached, or the user may not create schemas
     */
    public static PostgresSchema create(String url) {
        if (!url.startsWith("jdbc:postgresql:")) {
            throw new CommandFailure("the database's address is " + url + ", expected jdbc:postgresql://HOST/DATABASE");
        }
        PostgresSchema schema = new PostgresSchema(url, "evenkeel_chaos_" + Long.toString(System.nanoTime(), 36));
        try {
            schema.execute("CREATE SCHEMA " + schema.schema);
        } catch (SQLException e) {
            throw new CommandFailure(
                    "cannot create a schema in the database (" + e.getMessage() + "): check the address,"
                            + " and that its user may CREATE in the database",
                    e);
        }
        return schema;
    }

    @Override
    public List<String> arguments() {
        return List.of();
    }

    @Override
    public List<String> secrets() {
        return List.of("SPRING_DATASOURCE_URL=" + url + (url.contains("?") ? "&" : "?") + "currentSchema=" + schema);
    }

    @Override
    public OptionalLong holder() {
        try (Connection connection = connect()) {
            return LeaseHolder.process(connection, schema + ".run", ChaosSettings.RUN);
        } catch (SQLException e) {
            // The database is being restarted.
            return OptionalLong.empty();
        }
    }

    @Override
    public void drop() {
        try {
            execute("DROP SCHEMA " + schema + " CASCADE");
        } catch (SQLException e) {
            throw new CommandFailure("schema " + schema + " cannot be dropped: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "schema " + schema;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        Properties login = new Properties();
        put(login, "user", "SPRING_DATASOURCE_USERNAME");
        put(login, "password", "SPRING_DATASOURCE_PASSWORD");
        return DriverManager.getConnection(url, login);
    }

    private static void put(Properties login, String property, String variable) {
        String value = System.getenv(variable);
        if (value != null) {
            login.setProperty(property, value);
        }
    }
}
