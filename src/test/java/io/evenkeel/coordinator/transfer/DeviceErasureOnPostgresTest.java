package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import org.junit.jupiter.api.Tag;

@Tag("full")
class DeviceErasureOnPostgresTest extends DeviceErasureTest {

    @Override
    RestartableCoordinator coordinator(String name, String... settings) {
        return new RestartableCoordinator(Postgres.shared().newDatabase(), settings);
    }
}
