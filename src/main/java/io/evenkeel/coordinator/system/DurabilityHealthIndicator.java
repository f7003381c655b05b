package io.evenkeel.coordinator.system;

import io.evenkeel.coordinator.platform.background.BackgroundWork;
import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.platform.storage.DatabaseStatus;
import io.evenkeel.coordinator.platform.storage.Dialect;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Checks at startup and every minute whether the configuration of the database and the object store can lose
 * acknowledged messages ({@link DurabilityRules}), and logs new findings. Health stays up, because the coordinator
 * works. Thread-safe.
 */
@Component
class DurabilityHealthIndicator extends BackgroundWork implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(DurabilityHealthIndicator.class);
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final JdbcClient jdbc;
    private final Dialect dialect;
    private final DatabaseStatus database;
    private final ObjectStore objects;
    private volatile List<String> warnings = List.of();

    DurabilityHealthIndicator(
            JdbcClient jdbc, Dialect dialect, DatabaseStatus database, ObjectStore objects, FailureLog failures) {
        super("durability-check", PERIOD, failures);
        this.jdbc = jdbc;
        this.dialect = dialect;
        this.database = database;
        this.objects = objects;
    }

    @Override
    protected Duration initialDelay() {
        return Duration.ZERO;
    }

    @Override
    protected void work() {
        List<String> found = new ArrayList<>();
        if (dialect == Dialect.POSTGRESQL) {
            found.addAll(DurabilityRules.of(postgres()));
        }
        database.file().ifPresent(file -> found.addAll(files(file, DurabilityRules::ofDatabase)));
        objects.folder().ifPresent(folder -> found.addAll(files(folder, DurabilityRules::ofObjects)));
        found.stream().filter(warning -> !warnings.contains(warning)).forEach(LOG::warn);
        warnings = List.copyOf(found);
    }

    private DurabilityRules.Postgres postgres() {
        return jdbc.sql("SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
                        + " current_setting('synchronous_standby_names'),"
                        // Excludes programs that copy the database, such as pg_basebackup.
                        + " (SELECT COUNT(*) FROM pg_stat_replication"
                        + " WHERE COALESCE(application_name, '') NOT LIKE 'pg\\_%')")
                .query((row, number) -> new DurabilityRules.Postgres(
                        row.getString(1).equals("on"), row.getString(2), row.getString(3), row.getInt(4)))
                .single();
    }

    private static List<String> files(Path path, BiFunction<String, String, List<String>> rule) {
        try {
            return Files.exists(path)
                    ? rule.apply(path.toString(), Files.getFileStore(path).type())
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the findings of the last check, one sentence each. */
    List<String> warnings() {
        return warnings;
    }

    @Override
    public Health health() {
        List<String> found = warnings;
        return found.isEmpty()
                ? Health.up().build()
                : Health.up().withDetail("warnings", found).build();
    }
}
