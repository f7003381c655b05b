package io.evenkeel.coordinator.message;

import io.evenkeel.coordinator.platform.objects.ObjectStore;
import io.evenkeel.coordinator.platform.objects.S3Store;
import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.S3Mock;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Runs the tests on PostgreSQL and S3. */
@Tag("full")
class MessageSegmentsOnPostgresTest extends MessageSegmentsTest {

    @Override
    protected DataSource database() {
        DriverManagerDataSource postgres =
                new DriverManagerDataSource(Postgres.shared().newDatabase());
        CoordinatorSchema.create(postgres, dialect());
        return postgres;
    }

    @Override
    protected Dialect dialect() {
        return Dialect.POSTGRESQL;
    }

    @Override
    protected ObjectStore objects() {
        return new S3Store(
                S3Mock.settings(S3Mock.shared().newBucket(), S3Mock.shared().endpoint(), Duration.ofSeconds(30)));
    }
}
