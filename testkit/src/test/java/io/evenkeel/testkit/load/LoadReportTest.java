package io.evenkeel.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LoadReportTest {

    private static final long TEN_MINUTES = 600_000_000_000L;
    private static final ServerFigures BEFORE =
            new ServerFigures(new ProcessFigures(Duration.ZERO, 1, 1), new DatabaseFigures(1, 1));
    private static final ServerFigures AFTER = new ServerFigures(
            new ProcessFigures(Duration.ofHours(1000), 888_000_000_000L, 888_000_000_000L),
            new DatabaseFigures(1L << 50, 1L << 50));

    private static LoadResult result(
            Tally tally, @Nullable ServerFigures before, @Nullable ServerFigures after, HeapFigures heap) {
        LoadSettings settings = new LoadSettings(
                50_000, 1 << 28, "identity", null, Duration.ZERO, Duration.ofHours(1), null, 1_000_000, false);
        Duration cpu = Duration.ofHours(100);
        return new LoadResult(
                settings, tally, 3600, 1_000_000, cpu, before, after, heap, 2_000_000_000L, 1_999_999_999L);
    }

    private static Tally largest() {
        Tally tally = new Tally();
        tally.accepted(TEN_MINUTES, 1L << 50, true);
        tally.accepted(TEN_MINUTES, 1L << 50, false);
        tally.refused(TEN_MINUTES, "no answer: " + "a very long reason, ".repeat(10));
        tally.closed(TEN_MINUTES);
        return tally;
    }

    @Test
    void fitsAHundredColumnsForAnyFigures() {
        HeapFigures heap = new HeapFigures(888_000_000_000L, 888_000_000_000L);
        assertThat(new LoadReport(result(largest(), BEFORE, AFTER, heap)).lines())
                .hasSize(13)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(LoadReport.COLUMNS))
                .anyMatch(line -> line.endsWith("very long reason,..."));
    }

    @Test
    void namesUnknownFigures() {
        LoadReport report = new LoadReport(result(largest(), null, null, new HeapFigures(0, 1_000_000_000)));
        assertThat(report.lines())
                .contains("  server        CPU and memory are unknown: this command did not start it")
                .anyMatch(line -> line.contains("unknown, of 1.00 GB"))
                .noneMatch(line -> line.contains("?") || line.contains("NaN"));
        assertThat(report.row()).contains("| unknown |").doesNotContain("?").doesNotContain("NaN");
    }

    @Test
    void reportsThatNoMessageWasAccepted() {
        LoadReport report = new LoadReport(result(new Tally(), BEFORE, AFTER, new HeapFigures(1, 2)));
        assertThat(report.lines())
                .anyMatch(line -> line.matches(" +latency +none +from the first byte.*"))
                .noneMatch(line -> line.contains("Infinity") || line.contains("NaN"));
    }
}
