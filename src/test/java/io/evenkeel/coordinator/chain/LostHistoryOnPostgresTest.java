package io.evenkeel.coordinator.chain;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

@EnabledIfSystemProperty(named = "evenkeel.test.ci", matches = "true", disabledReason = "slow: only .ci/run runs it")
class LostHistoryOnPostgresTest extends LostHistoryTest {

    @Override
    RestartableCoordinator start(Path folder, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("--spring.datasource.username=postgres");
        return new RestartableCoordinator(Postgres.shared().newDatabase(), all.toArray(String[]::new));
    }
}
