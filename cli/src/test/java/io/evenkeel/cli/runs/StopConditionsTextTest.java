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
                              "maxBytes": 1000, "maxTime": "PT2H", "divergence": {"loss": 10.0, "rounds": 3}, "maxSteps": 7}}""");
            CliHarness cli = CliHarness.at(coordinator, folder);

            assertThat(cli.run("runs", "show", "digits")).isZero();

            assertThat(cli.out())
                    .contains(
                            "at accuracy >= 0.95; after 50 rounds without a better loss; after 1000 bytes; after 7200 s;"
                                    + " pauses after 3 rounds with a loss over 10.0; maxSteps 7");
        }
    }

    @Test
    void showsWhetherTheRunPausesIfItDiverges() {
        try (StubCoordinator coordinator = new StubCoordinator()) {
            coordinator.on("GET /runs/digits", """
                    {"name": "digits", "state": "paused", "round": 300, "rounds": 600, "dimension": 10, "bestRound": 137,
                     "stop": {"divergence": {"factor": 2.0, "rounds": 10}}}""");
            coordinator.on("GET /runs/faces", """
                    {"name": "faces", "state": "created", "round": 0, "rounds": 600, "dimension": 10,
                     "stop": {"divergence": "off"}}""");
            CliHarness cli = CliHarness.at(coordinator, folder);

            assertThat(cli.run("runs", "show", "digits")).isZero();
            assertThat(cli.out())
                    .contains("pauses after 10 rounds with a loss far above its best, from 2.0 times")
                    .containsPattern("best round +137");
            assertThat(cli.run("runs", "show", "faces")).isZero();
            assertThat(cli.out()).contains("does not pause if it diverges");
        }
    }
}
