package io.evenkeel.cli.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.cli.StubCoordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogCommandTest {

    @Test
    void showsWhoDidWhat(@TempDir Path folder) {
        try (StubCoordinator coordinator = new StubCoordinator()) {
            coordinator.on("GET /audit-log?run=digits&before=9&limit=2", """
                    [{"id": 8, "at": "2026-01-31T11:00:00.123Z", "actor": "alice (a1)", "role": "operator",
                      "address": "10.0.0.1", "method": "POST", "path": "/api/v1/runs/digits/pause", "status": 200},
                     {"id": 7, "at": "2026-01-31T10:00:00Z", "actor": "bob", "role": "viewer", "address": "10.0.0.2",
                      "method": "DELETE", "path": "/api/v1/clients/x", "count": 12}]""");
            CliHarness cli = CliHarness.at(coordinator, folder);

            assertThat(cli.run("log", "--run", "digits", "--before", "9", "--limit", "2"))
                    .isZero();
            assertThat(cli.out())
                    .containsPattern(
                            "8 +2026-01-31 11:00:00Z +alice \\(a1\\) +POST /runs/digits/pause +200 +1 +operator +10")
                    .containsPattern("7 +2026-01-31 10:00:00Z +bob +DELETE /clients/x +- +12 +viewer");
        }
    }
}
