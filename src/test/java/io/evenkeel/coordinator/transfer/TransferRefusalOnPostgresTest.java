package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** PostgreSQL rolls a refused import back. */
@Tag("full")
class TransferRefusalOnPostgresTest extends TransferRefusalTest {

    @Override
    RestartableCoordinator importing(Path folder) {
        return onPostgres();
    }
}
