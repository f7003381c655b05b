package io.evenkeel.coordinator.platform.storage;

import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreContract;
import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.coordinator.testing.Postgres;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class DatabaseStoreTest {

    @Nested
    class OnH2 extends ObjectStoreContract {

        private static final ObjectStore STORE = created(
                new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"), Dialect.H2);

        @Override
        protected ObjectStore store() {
            return STORE;
        }
    }

    @Nested
    class OnPostgres extends ObjectStoreContract {

        private static final ObjectStore STORE =
                created(new DriverManagerDataSource(Postgres.shared().newDatabase()), Dialect.POSTGRESQL);

        @Override
        protected ObjectStore store() {
            return STORE;
        }
    }

    private static ObjectStore created(DataSource source, Dialect dialect) {
        CoordinatorSchema.create(source, dialect);
        return new DatabaseStore(new JdbcTemplate(source), new DataSourceTransactionManager(source));
    }
}
