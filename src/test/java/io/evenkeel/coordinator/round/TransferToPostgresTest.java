package io.evenkeel.coordinator.round;

import java.nio.file.Path;

/** A run made on H2 goes on on PostgreSQL. */
class TransferToPostgresTest extends TransferTest {

    @Override
    Restartable importing(Path folder) {
        return onPostgres();
    }
}
