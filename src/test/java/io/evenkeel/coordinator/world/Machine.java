package io.evenkeel.coordinator.world;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The machine of the coordinators: their database and clock outlive their processes. Not thread-safe. */
final class Machine implements AutoCloseable {

    private static final String H2 = "jdbc:h2:mem:";

    /** Uses H2's in-memory files. */
    private static final String BACKUP = "memFS:backup.sql";

    private final String url;
    private final List<WorldCoordinator> coordinators = new ArrayList<>();
    private Duration passed = Duration.ZERO;
    private Duration ahead = Duration.ZERO;

    Machine(String url, int coordinators) {
        this.url = url;
        for (int i = 0; i < coordinators; i++) {
            this.coordinators.add(newProcess());
        }
    }

    private WorldCoordinator newProcess() {
        return new WorldCoordinator(url, passed, ahead);
    }

    /** Returns the coordinators, the dead ones included. */
    List<WorldCoordinator> coordinators() {
        return List.copyOf(coordinators);
    }

    WorldCoordinator coordinator(int place) {
        return coordinators.get(place);
    }

    /** Lets time pass. */
    void advance(Duration by) {
        passed = passed.plus(by);
        for (WorldCoordinator coordinator : coordinators) {
            if (!coordinator.isKilled()) {
                coordinator.clock().advance(by);
            }
        }
    }

    /** Sets the clock. */
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

    /** Saves the database; there is one backup, the newest. */
    void save() {
        database().execute("SCRIPT NOSETTINGS TO '" + BACKUP + "'");
    }

    /** Restores the database from the backup, while no coordinator is alive, and starts a new one. */
    void restore() {
        coordinators.get(0).close();
        database().execute("DROP ALL OBJECTS");
        database().execute("RUNSCRIPT FROM '" + BACKUP + "'");
        coordinators.set(0, newProcess());
    }

    /** Returns the database over a separate connection, which does not fail. */
    JdbcTemplate database() {
        return new JdbcTemplate(
                hasBackups() ? new DriverManagerDataSource(url, "sa", "") : new DriverManagerDataSource(url));
    }

    @Override
    public void close() {
        coordinators.forEach(WorldCoordinator::close);
        if (hasBackups()) {
            database().execute("SHUTDOWN");
        }
    }
}
