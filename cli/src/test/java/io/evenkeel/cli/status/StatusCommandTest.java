package io.evenkeel.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.cli.StubCoordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusCommandTest {

    private static final String OVERVIEW = """
            {"now": "2026-01-31T11:00:00Z", "waitingTotal": 1, "runningTotal": 1,
             "waiting": [{"code": "run-stalled", "critical": true, "about": "run", "name": "digits",
                          "since": "2026-01-31T10:00:00Z", "message": "round 3 has 0 of the 2 messages that it needs",
                          "command": "evenkeel runs show digits"}],
             "running": [{"name": "digits", "round": 3, "rounds": 50, "accepted": 0, "needed": 2, "members": 2,
                          "loss": 0.25, "stalled": false, "roundSeconds": 90.0,
                          "expectedEnd": "2026-01-31T12:10:30Z"}],
             "latest": [{"at": "2026-01-31T10:01:00Z", "about": "run", "name": "digits", "type": "round.quorum_missed",
                         "number": 3, "detail": "too few messages"}]}""";

    private static String status(Path folder, String overview) {
        try (StubCoordinator coordinator = new StubCoordinator()) {
            coordinator.on("GET /overview", overview);
            CliHarness cli = CliHarness.at(coordinator, folder);
            assertThat(cli.run("status")).isZero();
            return cli.out();
        }
    }

    @Test
    void namesWhatWaitsWithItsCommandAndWhenRunsEnd(@TempDir Path folder) {
        assertThat(status(folder, OVERVIEW))
                .contains("Waits for an operator: 1")
                .containsPattern("run-stalled +digits")
                .contains("round 3 has 0 of the 2 messages", "evenkeel runs show digits")
                .containsPattern("digits +running +3/50 +2 +0.25 +90s +2026-01-31 12:10:30Z")
                .containsPattern("digits +round.quorum_missed +too few messages");
    }

    @Test
    void saysThatNothingWaits(@TempDir Path folder) {
        assertThat(status(
                        folder,
                        "{\"waiting\": [], \"waitingTotal\": 0, \"running\": [], \"runningTotal\": 0, \"latest\": []}"))
                .contains("Nothing waits for an operator.", "Running: 0")
                .doesNotContain("Latest events");
    }
}
