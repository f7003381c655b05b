package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.storage.Dialect;
import io.evenkeel.coordinator.testing.CoordinatorSchema;
import io.evenkeel.coordinator.testing.Postgres;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

class PayloadKeysTest {

    @Test
    void twoCoordinatorsAssignDistinctAscendingKeys() {
        DriverManagerDataSource source =
                new DriverManagerDataSource(Postgres.shared().newDatabase());
        CoordinatorSchema.create(source, Dialect.POSTGRESQL);
        PayloadKeys here = new PayloadKeys(source);
        PayloadKeys there = new PayloadKeys(source);
        long[] keys = new long[6000];
        for (int i = 0; i < keys.length; i += 2) {
            keys[i] = here.next();
            keys[i + 1] = there.next();
            if (i > 0) {
                assertThat(keys[i]).isGreaterThan(keys[i - 2]);
            }
        }
        assertThat(keys).doesNotHaveDuplicates();
        assertThat(LongStream.of(keys).min().orElseThrow()).isPositive();
    }
}
