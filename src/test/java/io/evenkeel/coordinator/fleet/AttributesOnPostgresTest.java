package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OnPostgres;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@OnPostgres
class AttributesOnPostgresTest extends AttributesTest {

    @Autowired
    AttributesOnPostgresTest(Api api, JdbcTemplate jdbc) {
        super(api, jdbc);
    }
}
