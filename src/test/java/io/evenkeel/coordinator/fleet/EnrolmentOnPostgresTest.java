package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OnPostgres;
import io.evenkeel.coordinator.testing.TurnedClock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@OnPostgres
class EnrolmentOnPostgresTest extends EnrolmentTest {

    @Autowired
    EnrolmentOnPostgresTest(Api api, TurnedClock clock, JdbcClient jdbc) {
        super(api, clock, jdbc);
    }
}
