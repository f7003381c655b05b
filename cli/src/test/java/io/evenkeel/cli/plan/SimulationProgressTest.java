package io.evenkeel.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.tools.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SimulationProgressTest {

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private long now;

    private String simulate(boolean interactive) {
        Terminal terminal = new Terminal(new PrintStream(shown, true, StandardCharsets.UTF_8), interactive, 60);
        SimulationProgress progress = new SimulationProgress(terminal, 4, () -> now);
        progress.accept(1);
        now += Duration.ofSeconds(3).toNanos();
        progress.accept(2);
        progress.accept(3);
        progress.beginSearch();
        now += Duration.ofSeconds(1).toNanos();
        progress.accept(1);
        progress.end();
        return shown.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTerminalSeesTheRoundsAndThenTheSearchButNotEachRound() {
        assertThat(simulate(true))
                .containsSubsequence(
                        "round 2/4", "simulated  0:03, 0:03 left", "round 4/4", "trying other settings  0:04")
                .doesNotContain("round 1/4", "round 3/4")
                .endsWith(System.lineSeparator());
    }

    @Test
    void aFileGetsNoProgress() {
        assertThat(simulate(false)).isEmpty();
    }
}
