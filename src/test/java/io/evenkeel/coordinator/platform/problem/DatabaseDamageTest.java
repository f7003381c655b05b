package io.evenkeel.coordinator.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.JdbcTemplate;

class DatabaseDamageTest {

    private static final int ROWS = 300;
    private static final int BETWEEN = 8192;
    private static final int DAMAGED = 64;

    @TempDir
    private Path folder;

    private JdbcTemplate jdbc() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setUrl("jdbc:h2:file:" + folder.resolve("evenkeel"));
        return new JdbcTemplate(h2);
    }

    @Test
    void namesTheTableWhosePagesOrLargeValuesCannotBeRead() throws IOException {
        jdbc().execute("CREATE TABLE message (id INTEGER PRIMARY KEY, note VARCHAR(1000), payload BLOB)");
        // Uses one statement, since each statement opens and closes the file.
        jdbc().update(
                        "INSERT INTO message SELECT x, REPEAT('n', 500), CAST(REPEAT('0', 1000) AS VARBINARY)"
                                + " FROM SYSTEM_RANGE(1, ?)",
                        ROWS);
        Path file = folder.resolve("evenkeel.mv.db");
        byte[] sound = Files.readAllBytes(file);
        List<DataAccessException> failures = new ArrayList<>();
        for (int at = BETWEEN; at + DAMAGED < sound.length; at += BETWEEN) {
            byte[] damaged = sound.clone();
            for (int i = at; i < at + DAMAGED; i++) {
                damaged[i] ^= 0x55;
            }
            Files.write(file, damaged);
            read().ifPresent(failures::add);
        }

        assertThat(failures)
                .as("reads that failed")
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(DatabaseDamage.in(failure))
                        .contains("the database file is damaged in table message"));
    }

    /** Returns the error of reading the table, if the database opens. */
    private Optional<DataAccessException> read() {
        try {
            jdbc().query("SELECT t.id, t.note, t.payload FROM message t ORDER BY t.id", row -> {
                assertThat(row.getString(2)).isNotNull();
                assertThat(row.getBytes(3)).isNotNull();
            });
            return Optional.empty();
        } catch (CannotGetJdbcConnectionException atOpening) {
            return Optional.empty();
        } catch (DataIntegrityViolationException readAsAnotherType) {
            // The damaged byte was the type of a value: no checksum distinguishes that from a bug in the program.
            return Optional.empty();
        } catch (DataAccessException e) {
            return Optional.of(e);
        }
    }

    @Test
    void isNotAFullDisk() {
        assertThat(DatabaseDamage.in(new IllegalStateException(
                        new SQLException("IO Exception", "90031", 90031, new IOException("No space left on device")))))
                .isEmpty();
    }
}
