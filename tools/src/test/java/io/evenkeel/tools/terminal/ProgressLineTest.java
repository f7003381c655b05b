package io.evenkeel.tools.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private static final Duration ELAPSED = Duration.ofSeconds(10);

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    private ProgressLine line(boolean interactive, int columns, int total) {
        return new ProgressLine(
                new Terminal(new PrintStream(written, true, StandardCharsets.UTF_8), interactive, columns), total);
    }

    private String text() {
        return written.toString(StandardCharsets.UTF_8);
    }

    @Test
    void redrawsOneLineOnATerminal() {
        ProgressLine progress = line(true, 80, 400);
        progress.show(100, "loss 0.100", ELAPSED);
        progress.show(200, "loss 0.1", ELAPSED.multipliedBy(2));
        progress.end();
        assertThat(text())
                .isEqualTo("\rround 100/400 [========                          ]  loss 0.100  0:10, 0:30 left"
                        + "\rround 200/400 [==================                  ]  loss 0.1  0:20, 0:20 left"
                        + System.lineSeparator());
    }

    @Test
    void estimatesTheRemainingTimeFromStepsThatTookTime() {
        ProgressLine progress = line(true, 80, 400);
        progress.skipped(300);
        progress.show(300, "x", ELAPSED);
        progress.show(350, "x", ELAPSED);
        assertThat(text()).contains("300/400 [").contains("x  0:10\r").contains("x  0:10, 0:10 left");
    }

    @Test
    void neverReachesTheLastColumn() {
        for (int columns = 1; columns < 130; columns++) {
            written.reset();
            line(true, columns, 400).show(100, "loss 0.123  acc 97.5 %  up 1.23 MB of 86.1 MB", ELAPSED);
            assertThat(text().length() - 1).as("width %d", columns).isLessThan(columns);
        }
    }

    @Test
    void erasesTheRestOfALongerLine() {
        ProgressLine progress = line(true, 40, 10);
        progress.show(1, "a rather long figure", ELAPSED);
        int longer = text().length() - 1;
        written.reset();
        progress.show(10, "short", ELAPSED);
        assertThat(text()).hasSizeGreaterThanOrEqualTo(longer + 1).startsWith("\rround 10/10");
    }

    @Test
    void printsALineForEveryTenthWithoutATerminal() {
        ProgressLine progress = line(false, 80, 400);
        for (int round = 0; round <= 400; round++) {
            progress.show(round, "loss", ELAPSED);
        }
        progress.end();
        assertThat(text().lines())
                .hasSize(11)
                .startsWith("round   0/400  loss  0:10", "round  40/400  loss  0:10, 1:30 left")
                .endsWith("round 400/400  loss  0:10");
        assertThat(text()).doesNotContain("\r" + "round");
    }
}
