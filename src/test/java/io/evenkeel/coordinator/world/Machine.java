package io.evenkeel.coordinator.world;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.h2.store.fs.FileUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** The coordinators' machine: their database, object store and clock outlive their processes. Not thread-safe. */
final class Machine implements AutoCloseable {

    private static final String H2 = "jdbc:h2:mem:";

    /** Selects all references to objects in the tables of a run. */
    private static final String REFERENCES = Stream.of(
                    "message_payload.data_at",
                    "member_snapshot.state_at",
                    "checkpoint.memory_at",
                    "checkpoint.state_at",
                    "round_update.data_at",
                    "round_update.delta_at")
            .map(column -> "SELECT " + column + " FROM " + column.replaceFirst("\\..*", "") + " WHERE " + column
                    + " IS NOT NULL")
            .collect(Collectors.joining(" UNION ALL "));

    private final String url;

    /** The backup in H2's in-memory file system, named after the database. */
    private final String backup;

    private final WorldObjects objects = new WorldObjects();
    private final JdbcTemplate database;
    private final List<WorldCoordinator> coordinators = new ArrayList<>();
    private Duration passed = Duration.ZERO;
    private Duration ahead = Duration.ZERO;

    Machine(String url, int coordinators) {
        this.url = url;
        this.backup = url.replaceFirst(H2, "memFS:").replaceFirst(";.*", ".sql");
        this.database = new JdbcTemplate(
                hasBackups()
                        ? new SingleConnectionDataSource(url, "sa", "", true)
                        : new SingleConnectionDataSource(url, true));
        for (int i = 0; i < coordinators; i++) {
            this.coordinators.add(newProcess());
        }
    }

    private WorldCoordinator newProcess() {
        return new WorldCoordinator(url, objects, passed, ahead);
    }

    /** Returns the coordinators, including dead ones. */
    List<WorldCoordinator> coordinators() {
        return List.copyOf(coordinators);
    }

    WorldCoordinator coordinator(int place) {
        return coordinators.get(place);
    }

    /** Advances the time. */
    void advance(Duration by) {
        passed = passed.plus(by);
        for (WorldCoordinator coordinator : coordinators) {
            if (!coordinator.isKilled()) {
                coordinator.clock().advance(by);
            }
        }
    }

    /** Shifts the clock without advancing the elapsed time. */
    void jump(Duration by) {
        ahead = ahead.plus(by);
        for (WorldCoordinator coordinator : coordinators) {
            if (!coordinator.isKilled()) {
                coordinator.clock().jump(by);
            }
        }
    }

    /** Replaces a killed coordinator with a new process. */
    void restart(int place) {
        coordinators.get(place).close();
        coordinators.set(place, newProcess());
    }

    /** Returns whether its database can be saved and restored. */
    boolean hasBackups() {
        return url.startsWith(H2);
    }

    /** Saves the database and the objects in place of the previous backup. */
    void save() {
        database.execute("SCRIPT NOSETTINGS TO '" + backup + "'");
        objects.save();
    }

    /**
     * Restores the database and the objects from the backup while no coordinator is alive, and starts a coordinator.
     */
    void restore() {
        coordinators.get(0).close();
        database.execute("DROP ALL OBJECTS");
        database.execute("RUNSCRIPT FROM '" + backup + "'");
        objects.restore();
        coordinators.set(0, newProcess());
    }

    /** Returns a separate connection to the database, which does not fail. */
    JdbcTemplate database() {
        return database;
    }

    WorldObjects objects() {
        return objects;
    }

    /** Makes the objects that no row refers to older than the time for which they are kept. */
    void ageObjects() {
        // Names without bytes are reserved for future segments, whose age coordinators measure with their own clocks.
        database.update("UPDATE stored_object SET unused_since = unused_since - INTERVAL '2' DAY WHERE bytes > 0");
    }

    /**
     * Checks that all objects that rows refer to exist, regardless of the table of objects.
     *
     * @throws AssertionError if an object is missing
     */
    void checkObjects() {
        objects.require(database.queryForList(REFERENCES, String.class));
    }

    @Override
    public void close() {
        coordinators.forEach(WorldCoordinator::close);
        if (hasBackups()) {
            database.execute("SHUTDOWN");
            FileUtils.tryDelete(backup);
        }
    }
}
