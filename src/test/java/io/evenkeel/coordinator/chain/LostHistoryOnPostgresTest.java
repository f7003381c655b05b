package io.evenkeel.coordinator.chain;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

@OnlyInCi
class LostHistoryOnPostgresTest extends LostHistoryTest {

    @Override
    RestartableCoordinator start(Path folder, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("--spring.datasource.username=postgres");
        return new RestartableCoordinator(Postgres.shared().newDatabase(), all.toArray(String[]::new));
    }
}
