package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.ObjectRange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * The table {@code stored_object}, which records objects and how many values in rows refer to them. Works in
 * the caller's transaction.
 */
@Component
class ObjectTable {

    private final JdbcTemplate jdbc;
    private final Dialect dialect;

    ObjectTable(JdbcTemplate jdbc, Dialect dialect) {
        this.jdbc = jdbc;
        this.dialect = dialect;
    }

    /** Records an object that no row refers to yet. */
    void insert(String name, long bytes) {
        jdbc.update(
                "INSERT INTO stored_object (name, bytes, used, unused_since) VALUES (?, ?, 0, CURRENT_TIMESTAMP)",
                name,
                bytes);
    }

    /**
     * Records how many values in rows refer to a new object.
     *
     * @return false if the object was not recorded, or has been deleted
     */
    boolean use(String name, int used) {
        return jdbc.update("UPDATE stored_object SET used = ?, unused_since = NULL WHERE name = ?", used, name) == 1;
    }

    /**
     * The used part of a segment.
     *
     * @param count the number of payloads
     * @param live the number of their bytes
     * @param end the end of the last one in the object
     * @param first their smallest key
     * @param last their greatest key
     */
    record Parts(int count, long live, long end, long first, long last) {

        static Parts of(long payload, ObjectRange range) {
            return new Parts(1, range.length(), range.end(), payload, payload);
        }

        Parts and(Parts other) {
            return new Parts(
                    count + other.count,
                    live + other.live,
                    Math.max(end, other.end),
                    Math.min(first, other.first),
                    Math.max(last, other.last));
        }
    }

    /**
     * Records the used part of a new segment, as {@link #use} does. Bytes after the last part are never read and do not
     * count.
     */
    boolean useSegment(String name, Parts parts) {
        return jdbc.update(
                        "UPDATE stored_object SET used = ?, bytes = ?, live = ?, first_payload = ?, last_payload = ?,"
                                + " unused_since = NULL WHERE name = ?",
                        parts.count(),
                        parts.end(),
                        parts.live(),
                        parts.first(),
                        parts.last(),
                        name)
                == 1;
    }

    /**
     * A part of a segment that is no longer used.
     *
     * @param name the name of the segment
     * @param count the number of payloads
     * @param bytes the number of their bytes
     */
    record Released(String name, int count, long bytes) {}

    /** Removes uses of segments. The segments should be in the order of their names, to prevent deadlocks. */
    void releaseSegments(List<Released> segments) {
        jdbc.batchUpdate(
                "UPDATE stored_object SET used = used - ?, live = live - ?,"
                        + " unused_since = CASE WHEN used = ? THEN CURRENT_TIMESTAMP END WHERE name = ?",
                segments,
                Math.max(1, segments.size()),
                (statement, segment) -> {
                    statement.setInt(1, segment.count());
                    statement.setLong(2, segment.bytes());
                    statement.setInt(3, segment.count());
                    statement.setString(4, segment.name());
                });
    }

    /**
     * Returns segments of which less than 1/{@code part} is live, up to a limit, in the order of their first
     * payloads.
     */
    List<Segments.Sparse> sparseSegments(int part, int limit) {
        return jdbc.query(
                "SELECT name, live, first_payload, last_payload FROM stored_object WHERE used > 0 AND live * " + part
                        + " < bytes ORDER BY first_payload FETCH FIRST " + limit + " ROWS ONLY",
                (row, i) -> new Segments.Sparse(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4)));
    }

    /** Returns whether rows refer to an object. */
    boolean isNamed(String name) {
        return !jdbc.queryForList("SELECT name FROM stored_object WHERE name = ? AND used > 0", String.class, name)
                .isEmpty();
    }

    /** Returns the sorted names of objects that rows refer to, starting after a given name. */
    List<String> named(String after, int limit) {
        return jdbc.queryForList(
                "SELECT name FROM stored_object WHERE used > 0 AND name > ? ORDER BY name FETCH FIRST " + limit
                        + " ROWS ONLY",
                String.class,
                after);
    }

    /** Removes one use of an object. */
    void release(String name) {
        jdbc.update(
                "UPDATE stored_object SET used = used - 1,"
                        + " unused_since = CASE WHEN used = 1 THEN CURRENT_TIMESTAMP END WHERE name = ?",
                name);
    }

    /**
     * Returns the given objects that are in the table, with their lengths, except for names reserved for future
     * segments.
     */
    Map<String, Long> lengths(List<String> names) {
        Map<String, Long> lengths = new TreeMap<>();
        jdbc.query(
                "SELECT name, bytes FROM stored_object WHERE bytes > 0 AND name IN (" + StoredBytes.marks(names) + ")",
                row -> {
                    lengths.put(row.getString(1), row.getLong(2));
                },
                names.toArray());
        return lengths;
    }

    /**
     * Locks some of the objects that no row has referred to for a given time, measured by the database's
     * clock, and returns their names. Skips objects that another transaction has locked, because it may use
     * them: an import refers to objects long before it commits.
     *
     * @param since the time for objects, and for segments to which no row has ever referred
     * @param segments the time for other segments
     */
    List<String> lockUnused(Duration since, Duration segments, int limit) {
        return jdbc.queryForList(
                "SELECT name FROM stored_object WHERE unused_since < CURRENT_TIMESTAMP - CASE WHEN live IS NULL THEN "
                        + minutes(since) + " ELSE " + minutes(segments) + " END FETCH FIRST " + limit + " ROWS ONLY "
                        + dialect.rowLockOfFree(),
                String.class);
    }

    private static String minutes(Duration duration) {
        return "INTERVAL '" + duration.toMinutes() + "' MINUTE";
    }

    void delete(String name) {
        jdbc.update("DELETE FROM stored_object WHERE name = ?", name);
    }

    /**
     * The total number of bytes of objects.
     *
     * @param named the number of bytes of objects that rows refer to
     * @param unused the number of bytes of the other objects
     */
    record Totals(long named, long unused) {}

    Totals totals() {
        return jdbc.queryForObject(
                "SELECT COALESCE(SUM(CASE WHEN used > 0 THEN bytes ELSE 0 END), 0),"
                        + " COALESCE(SUM(CASE WHEN used = 0 THEN bytes ELSE 0 END), 0) FROM stored_object",
                (row, i) -> new Totals(row.getLong(1), row.getLong(2)));
    }
}
