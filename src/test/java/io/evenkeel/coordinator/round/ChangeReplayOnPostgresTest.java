package io.evenkeel.coordinator.round;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("full")
class ChangeReplayOnPostgresTest extends ChangeReplayTest {

    @Override
    RestartableCoordinator start(Path folder, String... settings) {
        return new RestartableCoordinator(Postgres.shared().newDatabase(), settings);
    }
}
