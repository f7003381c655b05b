package io.evenkeel.coordinator.secagg;

import io.evenkeel.coordinator.testing.Postgres;
import io.evenkeel.coordinator.testing.RestartableCoordinator;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;

@Tag("full")
class CohortRestartOnPostgresTest extends CohortRestartTest {

    private final String url = Postgres.shared().newDatabase();

    @Override
    RestartableCoordinator start(Path folder, String... settings) {
        return new RestartableCoordinator(
                url,
                Stream.concat(Arrays.stream(settings), Stream.of("--spring.datasource.username=postgres"))
                        .toArray(String[]::new));
    }
}
