package io.evenkeel.coordinator.platform.storage;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** The table {@code stored_object}: which objects rows name. Works in the caller's transaction. */
@Component
class ObjectTable {

    private final JdbcTemplate jdbc;

    ObjectTable(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /** Notes an object that no row names yet. */
    void insert(String name, long bytes) {
        jdbc.update(
                "INSERT INTO stored_object (name, bytes, used, unused_since) VALUES (?, ?, 0, CURRENT_TIMESTAMP)",
                name,
                bytes);
    }

    /**
     * Notes how many values of rows are in a new object.
     *
     * @return false if the object was not noted, or is deleted again
     */
    boolean use(String name, int used) {
        return jdbc.update("UPDATE stored_object SET used = ?, unused_since = NULL WHERE name = ?", used, name) == 1;
    }

    /** Takes away one use of an object. */
    void release(String name) {
        jdbc.update(
                "UPDATE stored_object SET used = used - 1,"
                        + " unused_since = CASE WHEN used = 1 THEN CURRENT_TIMESTAMP END WHERE name = ?",
                name);
    }

    /** Returns which of some objects are in the table, and their lengths. */
    Map<String, Long> lengths(List<String> names) {
        Map<String, Long> lengths = new TreeMap<>();
        jdbc.query(
                "SELECT name, bytes FROM stored_object WHERE name IN (" + StoredBytes.marks(names) + ")",
                row -> {
                    lengths.put(row.getString(1), row.getLong(2));
                },
                names.toArray());
        return lengths;
    }

    /** Returns some of the objects that no row has named for a time, by the database's clock. */
    List<String> unused(Duration since, int limit) {
        return jdbc.queryForList(
                "SELECT name FROM stored_object WHERE unused_since < CURRENT_TIMESTAMP - INTERVAL '" + since.toMinutes()
                        + "' MINUTE FETCH FIRST " + limit + " ROWS ONLY",
                String.class);
    }

    void delete(String name) {
        jdbc.update("DELETE FROM stored_object WHERE name = ?", name);
    }

    /**
     * The bytes of all objects.
     *
     * @param named of those that rows name
     * @param unused of the others
     */
    record Totals(long named, long unused) {}

    Totals totals() {
        return jdbc.queryForObject(
                "SELECT COALESCE(SUM(CASE WHEN used > 0 THEN bytes ELSE 0 END), 0),"
                        + " COALESCE(SUM(CASE WHEN used = 0 THEN bytes ELSE 0 END), 0) FROM stored_object",
                (row, i) -> new Totals(row.getLong(1), row.getLong(2)));
    }
}
