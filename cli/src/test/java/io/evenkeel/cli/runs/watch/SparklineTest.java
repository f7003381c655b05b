package io.evenkeel.cli.runs.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparklineTest {

    private static List<RunHistory.LossPoint> losses(double... losses) {
        return IntStream.range(0, losses.length)
                .mapToObj(round -> new RunHistory.LossPoint(round, losses[round]))
                .toList();
    }

    @Test
    void drawsEachRoundAsLongAsThereIsRoom() {
        assertThat(Sparkline.of(losses(8, 7, 6, 5, 4, 3, 2, 1), 40)).isEqualTo("█▇▆▅▄▃▂▁");
    }

    @Test
    void drawsTheMeansOfSeveralRounds() {
        assertThat(Sparkline.of(losses(9, 7, 5, 3, 2, 1), 3)).isEqualTo("█▄▁");
    }

    @Test
    void placesRoundsByTheirNumbersIfSomeAreLeftOut() {
        List<RunHistory.LossPoint> points = List.of(
                new RunHistory.LossPoint(0, 2), new RunHistory.LossPoint(90, 1), new RunHistory.LossPoint(99, 1));

        assertThat(Sparkline.of(points, 10)).isEqualTo("█████████▁");
    }

    @Test
    void usesALogarithmicScaleForLossesOfDifferentMagnitudes() {
        assertThat(Sparkline.of(losses(1000, 100, 10, 1), 4)).isEqualTo("█▆▃▁");
    }

    @Test
    void drawsAFlatLineForEqualLosses() {
        assertThat(Sparkline.of(losses(3, 3, 3), 4)).isEqualTo("▁▁▁");
    }

    @Test
    void omitsNonFiniteValues() {
        assertThat(Sparkline.of(losses(Double.NaN, Double.POSITIVE_INFINITY), 4))
                .isEmpty();
        assertThat(Sparkline.of(losses(2, Double.NaN, 1), 4)).isEqualTo("██▁");
    }
}
