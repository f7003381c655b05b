package io.evenkeel.cli.runs;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.cli.CliHarness;
import io.evenkeel.cli.StubCoordinator;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StopConditionsTextTest {

    @TempDir
    private Path folder;

    @Test
    void showsEachStopConditionInWords() {
        try (StubCoordinator coordinator = new StubCoordinator()) {
            coordinator.on("GET /runs/digits", """
                    {"name": "digits", "state": "created", "round": 0, "rounds": 600, "dimension": 10,
                     "stop": {"targets": ["accuracy >= 0.95"], "patience": {"rounds": 50, "metric": "loss"},
                              "maxBytes": 1000, "maxTime": "PT2H", "divergence": {"loss": 10.0, "rounds": 3}}}""");
            CliHarness cli = CliHarness.at(coordinator, folder);

            assertThat(cli.run("runs", "show", "digits")).isZero();

            assertThat(cli.out())
                    .contains(
                            "at accuracy >= 0.95; after 50 rounds without a better loss; after 1000 bytes; after 7200 s;"
                                    + " pauses after 3 rounds with a loss over 10.0");
        }
    }
}
