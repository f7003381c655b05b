package io.evenkeel.coordinator.transfer;

import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A run from H2 continues on PostgreSQL. */
@EnabledIfSystemProperty(named = "evenkeel.test.ci", matches = "true", disabledReason = "slow: only .ci/run runs it")
class TransferToPostgresTest extends TransferTest {

    @Override
    RestartableCoordinator importing(Path folder) {
        return onPostgres();
    }
}
