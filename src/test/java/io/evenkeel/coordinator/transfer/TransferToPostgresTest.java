package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.testing.RestartableCoordinator;
import io.evenkeel.engine.OnlyInCi;
import java.nio.file.Path;

/** A run from H2 continues on PostgreSQL. */
@OnlyInCi
class TransferToPostgresTest extends TransferTest {

    @Override
    RestartableCoordinator importing(Path folder) {
        return onPostgres();
    }
}
