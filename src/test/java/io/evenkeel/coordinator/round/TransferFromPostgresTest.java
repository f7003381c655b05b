package io.evenkeel.coordinator.round;

import java.nio.file.Path;

/** A run made on PostgreSQL goes on on H2. */
class TransferFromPostgresTest extends TransferTest {

    @Override
    Restartable exporting(Path folder) {
        return onPostgres();
    }
}
