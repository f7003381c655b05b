package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.ObjectRange;
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
    private final Dialect dialect;

    ObjectTable(JdbcTemplate jdbc, Dialect dialect) {
        this.jdbc = jdbc;
        this.dialect = dialect;
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

    /**
     * What rows name of a segment.
     *
     * @param count how many payloads
     * @param live their bytes
     * @param end where the last of them ends in the object
     * @param first the smallest key of them
     * @param last the greatest one
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

    /** Notes what rows name of a new segment, as {@link #use} does. What follows the last part is never read, and does not count. */
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
     * What rows do not name any more.
     *
     * @param name of the segment
     * @param count how many payloads
     * @param bytes of these
     */
    record Released(String name, int count, long bytes) {}

    /** Takes away uses of segments, in the order given: it should be that of their names, so that nobody waits for each other. */
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

    /** Returns some of the segments of which less than a part of the bytes is live, in the order of their first payloads. */
    List<Segments.Sparse> sparseSegments(int part, int limit) {
        return jdbc.query(
                "SELECT name, live, first_payload, last_payload FROM stored_object WHERE used > 0 AND live * " + part
                        + " < bytes ORDER BY first_payload FETCH FIRST " + limit + " ROWS ONLY",
                (row, i) -> new Segments.Sparse(row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4)));
    }

    /** Returns whether rows name an object. */
    boolean isNamed(String name) {
        return !jdbc.queryForList("SELECT name FROM stored_object WHERE name = ? AND used > 0", String.class, name)
                .isEmpty();
    }

    /** Returns names of objects that rows name, in their order, from the first after a name on. */
    List<String> named(String after, int limit) {
        return jdbc.queryForList(
                "SELECT name FROM stored_object WHERE used > 0 AND name > ? ORDER BY name FETCH FIRST " + limit
                        + " ROWS ONLY",
                String.class,
                after);
    }

    /** Takes away one use of an object. */
    void release(String name) {
        jdbc.update(
                "UPDATE stored_object SET used = used - 1,"
                        + " unused_since = CASE WHEN used = 1 THEN CURRENT_TIMESTAMP END WHERE name = ?",
                name);
    }

    /** Returns which of some objects are in the table, and their lengths; not names that are noted for segments to come. */
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
     * Locks some of the objects that no row has named for a time, by the database's clock, and returns their names. Leaves out those that
     * another transaction has locked, since it may name them: an import names objects long before it commits.
     *
     * @param since the time for objects, and for segments that rows never named
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
