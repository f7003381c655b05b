package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.testing.RestartableCoordinator;
import org.junit.jupiter.api.Tag;

/** A run from PostgreSQL continues on H2. */
@Tag("full")
class TransferFromPostgresTest extends TransferTest {

    @Override
    RestartableCoordinator exporting() {
        return onPostgres();
    }
}
