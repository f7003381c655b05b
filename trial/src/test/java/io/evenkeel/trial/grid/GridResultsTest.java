package io.evenkeel.trial.grid;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GridResultsTest {

    private static final double NEVER = Double.POSITIVE_INFINITY;

    private static boolean isOpen(String steps, double... figures) {
        return GridResults.isOpen(new SweepAxis("step", List.of(steps.split(","))), figures);
    }

    @Test
    void aBestStepInsideTheGridSettlesTheMatter() {
        assertThat(isOpen("1,4,16", 30, 10, 20)).isFalse();
        assertThat(isOpen("1,4,16", NEVER, 10, NEVER)).isFalse();
        assertThat(isOpen("1,4,16", 30, 10, 10)).as("as good inside").isFalse();
    }

    @Test
    void aBestStepAtAnEndOrBesideAGapLeavesItOpen() {
        assertThat(isOpen("1,4,16", 30, 20, 10)).isTrue();
        assertThat(isOpen("1,4,16", 10, 20, 30)).isTrue();
        assertThat(isOpen("1,4,1e9", 30, 20, NEVER)).isTrue();
        assertThat(isOpen("1,4", 10, 20)).isTrue();
        assertThat(isOpen("1,4,16", NEVER, NEVER, NEVER)).isTrue();
    }
}
