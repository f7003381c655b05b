package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.StorageSettings;
import io.evenkeel.coordinator.platform.problem.FailureLog;
import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.TurnedClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.unit.DataSize;

/** The storage components on a test's database and store, without an application context. */
public final class StorageFixture {

    private final DataSource source;
    private final Dialect dialect;
    private final ObjectStore store;
    private final DataSourceTransactionManager manager;
    private final ObjectTable table;
    private final TurnedClock clock = new TurnedClock();
    private final FailureLog failures = new FailureLog(Clock.systemUTC(), new SimpleMeterRegistry());
    private final StorageSettings settings = new StorageSettings(
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            Duration.ofSeconds(10),
            DataSize.ofBytes(1000),
            Duration.ofDays(1),
            Duration.ofHours(1),
            Duration.ZERO,
            false);

    public StorageFixture(DataSource source, Dialect dialect, ObjectStore store) {
        this.source = source;
        this.dialect = dialect;
        this.store = store;
        this.manager = new DataSourceTransactionManager(source);
        this.table = new ObjectTable(new JdbcTemplate(source), dialect);
    }

    /** Creates an empty database with the coordinator's tables. */
    static DataSource newDatabase(Dialect dialect) {
        DataSource source = new DriverManagerDataSource(
                switch (dialect) {
                    case H2 -> "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1";
                    case POSTGRESQL -> Postgres.shared().newDatabase();
                });
        CoordinatorSchema.create(source, dialect);
        return source;
    }

    /** Returns settings that store values of up to 1,000 bytes in rows. */
    public StorageSettings settings() {
        return settings;
    }

    public FailureLog failures() {
        return failures;
    }

    public Segments segments() {
        return new Segments(store, table, manager, settings, failures, clock);
    }

    public StoredBytes bytes() {
        JdbcTemplate jdbc = new JdbcTemplate(source);
        return new StoredBytes(
                store, table, jdbc, manager, new IdleTransactions(jdbc, dialect), dialect, settings, clock);
    }

    public DurableTransactions transactions() {
        return new DurableTransactions(manager, source, dialect);
    }

    /** Advances past the grace time, and sweeps. */
    public void sweep() {
        passGraceTime();
        sweepNow();
    }

    /** Advances past the grace time of all objects that no row refers to. */
    void passGraceTime() {
        clock.advance(Duration.ofDays(2));
        new JdbcTemplate(source)
                .update("UPDATE stored_object SET unused_since = unused_since - INTERVAL '2' DAY"
                        + " WHERE unused_since IS NOT NULL");
    }

    void sweepNow() {
        ObjectSweep sweep =
                new ObjectSweep(store, table, transactions(), settings, new SimpleMeterRegistry(), failures);
        sweep.start();
        sweep.work();
        sweep.stop();
    }
}
