package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Checks that what a transaction has written survives a SIGKILL, also with a URL of the operator's own. */
class KilledDatabaseTest {

    private static final int COMMITS = 200;

    @TempDir
    Path folder;

    @Test
    void committedRowsSurviveAKill() throws Exception {
        String url = "jdbc:h2:file:" + folder.resolve("db");
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        url)
                // A line that is not a number explains a failure, and the assertion's message contains it.
                .redirectErrorStream(true)
                .start();
        int last = -1;
        try (BufferedReader committed = writer.inputReader()) {
            for (int i = 0; i < COMMITS; i++) {
                last = Integer.parseInt(committed.readLine());
            }
            writer.destroyForcibly();
        }
        writer.waitFor();
        assertThat(rows(url)).isGreaterThan(last);
    }

    private static int rows(String url) throws SQLException {
        try (Connection database = DriverManager.getConnection(url);
                ResultSet result = database.createStatement().executeQuery("SELECT count(*) FROM committed")) {
            result.next();
            return result.getInt(1);
        }
    }

    /** Commits numbered rows endlessly, and prints each number after its commit. */
    static final class Writer {

        private Writer() {}

        public static void main(String[] args) {
            DataSource source = new SingleConnectionDataSource(args[0], true);
            JdbcTemplate database = new JdbcTemplate(source);
            DurableTransactions transactions =
                    new DurableTransactions(new DataSourceTransactionManager(source), source, Dialect.H2);
            database.execute("CREATE TABLE committed (id INTEGER PRIMARY KEY, payload BLOB)");
            for (int id = 0; ; id++) {
                int row = id;
                transactions.writeLazily(
                        () -> database.update("INSERT INTO committed VALUES (?, ?)", row, new byte[1000]));
                System.out.println(id);
            }
        }
    }
}
