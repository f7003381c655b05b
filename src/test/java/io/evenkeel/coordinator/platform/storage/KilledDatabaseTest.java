package io.evenkeel.coordinator.platform.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

/** Checks the promise of the default database URL: committed rows survive a SIGKILL. */
class KilledDatabaseTest {

    private static final int COMMITS = 200;

    @TempDir
    Path folder;

    @Test
    void committedRowsSurviveAKill() throws Exception {
        String url = defaultUrl()
                .replace(
                        "${evenkeel.data:./data}/evenkeel", folder.resolve("db").toString());
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

    private static String defaultUrl() throws IOException {
        Object url = new YamlPropertySourceLoader()
                .load("application", new ClassPathResource("application.yml"))
                .get(0)
                .getProperty("spring.datasource.url");
        return String.valueOf(url);
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

        public static void main(String[] args) throws SQLException {
            try (Connection database = DriverManager.getConnection(args[0])) {
                database.createStatement().execute("CREATE TABLE committed (id INTEGER PRIMARY KEY, payload BLOB)");
                database.setAutoCommit(false);
                try (PreparedStatement insert = database.prepareStatement("INSERT INTO committed VALUES (?, ?)")) {
                    for (int id = 0; ; id++) {
                        insert.setInt(1, id);
                        insert.setBytes(2, new byte[1000]);
                        insert.executeUpdate();
                        database.commit();
                        System.out.println(id);
                    }
                }
            }
        }
    }
}
