package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.Postgres;
import java.util.ArrayList;
import java.util.List;

class RestartOnPostgresTest extends RestartTest {

    @Override
    Restartable start(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("--spring.datasource.username=postgres");
        return new Restartable(Postgres.shared().newDatabase(), all.toArray(String[]::new));
    }
}
