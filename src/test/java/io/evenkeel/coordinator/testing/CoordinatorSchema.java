package io.evenkeel.coordinator.testing;

import io.evenkeel.coordinator.platform.storage.Dialect;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Creates the coordinator's tables in an empty database, for tests that need no coordinator. */
public final class CoordinatorSchema {

    private CoordinatorSchema() {}

    public static void create(DataSource source, Dialect dialect) {
        Flyway.configure()
                .dataSource(source)
                .placeholders(Map.of("blob", dialect.blob()))
                .load()
                .migrate();
    }
}
