package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;

/** PostgreSQL rolls a refused import back. */
class TransferRefusalOnPostgresTest extends TransferRefusalTest {

    @Override
    RestartableCoordinator importing(Path folder) {
        return onPostgres();
    }
}
