package io.evenkeel.testkit.chaos.deployment;

import io.evenkeel.testkit.chaos.run.ChaosSettings;
import io.evenkeel.tools.terminal.CommandFailure;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;

/**
 * A separate schema in a PostgreSQL database. User and password are in the URL or, as for a coordinator, in
 * the variables {@code SPRING_DATASOURCE_USERNAME} and {@code SPRING_DATASOURCE_PASSWORD}.
 */
public final class PostgresSchema implements Database {

    /** The table with the values of sequences, beside the copies of tables. */
    private static final String SEQUENCES = "copied_sequences";

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
            schema.execute(List.of("CREATE SCHEMA " + schema.schema));
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
    public void backUp() throws IOException {
        try {
            List<String> tables = tables();
            List<String> steps = new ArrayList<>(List.of(
                    "DROP SCHEMA IF EXISTS " + copy() + " CASCADE",
                    "CREATE SCHEMA " + copy(),
                    // Statements of coordinators that were killed may still be running.
                    "LOCK TABLE " + String.join(", ", in(schema, tables)) + " IN ACCESS EXCLUSIVE MODE"));
            tables.forEach(
                    table -> steps.add("CREATE TABLE " + copy() + "." + table + " AS TABLE " + schema + "." + table));
            steps.add("CREATE TABLE " + copy() + "." + SEQUENCES
                    + " AS SELECT sequencename, last_value FROM pg_sequences" + " WHERE schemaname = '" + schema + "'");
            execute(steps);
        } catch (SQLException e) {
            throw new IOException("the rows in schema " + schema + " cannot be copied: " + e.getMessage(), e);
        }
    }

    @Override
    public void restore() throws IOException {
        try {
            List<String> tables = tables();
            // Tables can be filled in any order, because foreign keys are not checked while they are filled.
            List<String> steps = new ArrayList<>(List.of(
                    "SET LOCAL session_replication_role = replica",
                    "TRUNCATE " + String.join(", ", in(schema, tables))));
            tables.forEach(table -> steps.add("INSERT INTO " + schema + "." + table
                    + " OVERRIDING SYSTEM VALUE SELECT * FROM " + copy() + "." + table));
            steps.add(
                    "SELECT setval(format('%I.%I', '" + schema + "', sequencename)::regclass, COALESCE(last_value, 1),"
                            + " last_value IS NOT NULL) FROM " + copy() + "." + SEQUENCES);
            execute(steps);
        } catch (SQLException e) {
            throw new IOException(
                    "the rows in schema " + schema + " cannot be replaced with older ones (" + e.getMessage()
                            + "): check that the user is a superuser",
                    e);
        }
    }

    private String copy() {
        return schema + "_copy";
    }

    private static List<String> in(String schema, List<String> tables) {
        return tables.stream().map(table -> schema + "." + table).toList();
    }

    private List<String> tables() throws SQLException {
        try (Connection connection = connect();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT tablename FROM pg_tables WHERE schemaname = ? ORDER BY 1")) {
            query.setString(1, schema);
            List<String> tables = new ArrayList<>();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    tables.add(rows.getString(1));
                }
            }
            return tables;
        }
    }

    @Override
    public void drop() {
        try {
            execute(List.of("DROP SCHEMA " + schema + " CASCADE", "DROP SCHEMA IF EXISTS " + copy() + " CASCADE"));
        } catch (SQLException e) {
            throw new CommandFailure("schema " + schema + " cannot be dropped: " + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "schema " + schema;
    }

    /** Executes statements in one transaction. */
    private void execute(List<String> statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
            connection.commit();
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
