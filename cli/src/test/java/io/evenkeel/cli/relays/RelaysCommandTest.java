package io.evenkeel.cli.relays;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.cli.StubCoordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RelaysCommandTest {

    private static String relays(Path folder, String request, String tree, String... arguments) {
        try (StubCoordinator coordinator = new StubCoordinator()) {
            coordinator.on("GET /relays" + request, tree);
            CliHarness cli = CliHarness.at(coordinator, folder);
            assertThat(cli.run(arguments)).isZero();
            return cli.out();
        }
    }

    @Test
    void showsTheRelaysBelowWithTheirLagAndBytes(@TempDir Path folder) {
        String text = relays(folder, "", """
                {"relays": [
                  {"client": "c1", "name": "north", "run": "digits", "state": "running", "connected": true, "round": 12,
                   "lastRound": 11, "lag": 1, "weight": 3.0, "members": 3, "devices": 40, "sentBytes": 1200000,
                   "receivedBytes": 2400000},
                  {"client": "c2", "run": "digits", "state": "running", "connected": false, "round": 12, "lag": 12, "weight": 1.0}]}
                """, "relays");

        assertThat(text)
                .containsPattern("north +digits +connected +3 +11 +1 +1.20 MB +2.40 MB")
                .containsPattern("c2 +digits +silent +- +- +12 +- +-")
                .doesNotContain("upstream");
    }

    @Test
    void showsTheRunAboveAndWhyTheRelayTakesNoPart(@TempDir Path folder) {
        String text = relays(folder, "?run=digits", """
                {"upstream": {"url": "https://above.example", "run": "digits", "connected": false,
                  "problem": "there is no run named 'digits'", "lag": 0, "members": 0, "devices": 0, "sentBytes": 90,
                  "receivedBytes": 100, "lastContactAt": "2026-01-31T10:00:00Z"},
                 "relays": []}
                """, "relays", "--run", "digits");

        assertThat(text)
                .containsPattern("upstream +https://above.example")
                .containsPattern("state +silent")
                .containsPattern("problem +there is no run named 'digits'")
                .containsPattern("received +100 B")
                .contains("2026-01-31 10:00:00Z")
                .contains("There are no relays below in run 'digits'.");
    }
}
