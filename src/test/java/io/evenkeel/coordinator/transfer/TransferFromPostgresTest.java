package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;

/** A run from PostgreSQL continues on H2. */
class TransferFromPostgresTest extends TransferTest {

    @Override
    RestartableCoordinator exporting(Path folder) {
        return onPostgres();
    }
}
