package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OnPostgres;
import org.junit.jupiter.api.Tag;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@OnPostgres
@Tag("full")
class AttributesOnPostgresTest extends AttributesTest {

    @Autowired
    AttributesOnPostgresTest(Api api, JdbcTemplate jdbc) {
        super(api, jdbc);
    }
}
