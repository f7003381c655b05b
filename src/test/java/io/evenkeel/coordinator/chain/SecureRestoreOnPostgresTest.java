package io.evenkeel.coordinator.chain;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;

@Tag("full")
class SecureRestoreOnPostgresTest extends SecureRestoreTest {

    @Override
    RestartableCoordinator start(Path database, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("--spring.datasource.username=postgres");
        return new RestartableCoordinator(Postgres.shared().newDatabase(), all.toArray(String[]::new));
    }
}
