package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.coordinator.testing.OnPostgres;
import io.evenkeel.coordinator.testing.TurnedClock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;

@OnPostgres
class ClientListOnPostgresTest extends ClientListTest {

    @Autowired
    ClientListOnPostgresTest(Api api, JdbcTemplate jdbc, TurnedClock clock) {
        super(api, jdbc, clock);
    }
}
