package io.evenkeel.engine.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MetricStatisticsTest {

    private static MetricFigures figures(@Nullable String group, long devices, double mean) {
        return new MetricFigures("accuracy", group, devices, 10.0 * devices, mean, mean, List.of());
    }

    private static MetricStatistics of(boolean isLowerBetter, MetricFigures... groups) {
        return MetricStatistics.of(isLowerBetter, figures(null, 16, 0.55), Map.of("region", List.of(groups)));
    }

    private static List<MetricStatistics.Group> regions(MetricStatistics statistics) {
        return Objects.requireNonNull(statistics.groups().get("region"));
    }

    private static MetricStatistics.Worst worst(MetricStatistics statistics) {
        return Objects.requireNonNull(statistics.worst().get("region"));
    }

    @Test
    void namesTheWorstOfTheGroupsWithEnoughDevices() {
        MetricFigures[] groups = {figures("eu", 6, 0.9), figures("us", 6, 0.5), figures("ap", 4, 0.1)};
        MetricStatistics statistics = of(false, groups);
        assertThat(statistics.goal()).isEqualTo("max");
        assertThat(regions(statistics))
                .extracting(MetricStatistics.Group::value, MetricStatistics.Group::tooFew)
                .containsExactly(tuple("eu", false), tuple("us", false), tuple("ap", true));
        assertThat(regions(statistics).get(2).mean())
                .as("the figures of few devices")
                .isNull();
        assertThat(worst(statistics).value()).isEqualTo("us");
        assertThat(worst(statistics).gap()).isCloseTo(0.05, within(1e-12));
        assertThat(worst(of(true, groups)).value()).isEqualTo("eu");
    }

    @Test
    void callsNoGroupTheWorstIfNoOtherHasFigures() {
        assertThat(of(false, figures("eu", 5, 0.5), figures("us", 4, 0.1)).worst())
                .isEmpty();
    }

    @Test
    void leavesOutTheFiguresOfOtherMetrics() {
        MetricFigures other = new MetricFigures("loss", "eu", 9, 90, 3, 3, List.of());
        assertThat(regions(of(false, other, figures("us", 9, 0.5))))
                .extracting(MetricStatistics.Group::value)
                .containsExactly("us");
    }

    @Test
    void aSiteCountsAsItsDevices() {
        List<MetricFigures> all = MetricFigures.together(
                List.of(figures("eu", 2, 0.5), figures("us", 1, 0.2)),
                List.of(figures("eu", 6, 0.9), figures(null, 1, 0.4)),
                Comparator.comparingLong(MetricFigures::devices).reversed());
        assertThat(all).extracting(MetricFigures::group).containsExactly("eu", "us", null);
        assertThat(all.get(0).devices()).isEqualTo(8);
        assertThat(all.get(0).samples()).isEqualTo(80);
        assertThat(all.get(0).mean()).isCloseTo(0.8, within(1e-12));
        assertThat(all.get(0).weightedMean()).isCloseTo(0.8, within(1e-12));
    }
}
