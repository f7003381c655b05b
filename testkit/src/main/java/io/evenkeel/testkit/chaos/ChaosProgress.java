package io.evenkeel.testkit.chaos;

import io.evenkeel.operator.terminal.ProgressLine;
import io.evenkeel.operator.terminal.Terminal;
import io.evenkeel.testkit.chaos.run.ChaosSettings;
import java.time.Duration;

/** Shows the progress of a chaos test. Not thread-safe. */
final class ChaosProgress {

    private final ChaosSettings settings;
    private final ProgressLine line;
    private final long start = System.nanoTime();

    ChaosProgress(Terminal terminal, ChaosSettings settings) {
        this.settings = settings;
        this.line = new ProgressLine(terminal, settings.rounds());
    }

    /** Shows the progress after {@code accepted} messages. */
    void show(int accepted) {
        int round = Math.min(settings.rounds(), accepted / settings.quorum());
        line.show(round, accepted + " messages", Duration.ofNanos(System.nanoTime() - start));
    }

    /** Ends the progress line. */
    void end() {
        line.end();
    }
}
