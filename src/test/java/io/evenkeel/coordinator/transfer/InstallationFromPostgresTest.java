package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

/** Everything moves from PostgreSQL to H2. */
@Tag("full")
class InstallationFromPostgresTest extends InstallationTransferTest {

    @Override
    RestartableCoordinator exporting(Path folder) {
        return onPostgres();
    }

    @Override
    RestartableCoordinator importing(Path folder) {
        return new RestartableCoordinator(folder.resolve("there"));
    }
}
