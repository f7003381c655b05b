package io.evenkeel.trial.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.trial.experiment.Experiment;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.ArmSummary.Search;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepSearchTest {

    /** Returns the search among the sizes 0.1, 1 and 10 with these sequences of losses. */
    private static Search search(double[]... losses) {
        Experiment experiment = SmallTrials.experiment(
                "quadratic", 2, null, null, null, "ef21,gamma=best-of:0.1|1|10,compressor=top-k:1,name=tuned");
        StepSearch search = new StepSearch(experiment);
        List<ArmRun> runs = new ArrayList<>();
        for (int i = 0; i < losses.length; i++) {
            double[] way = losses[i];
            List<TrajectoryPoint> points = IntStream.range(0, way.length)
                    .mapToObj(k -> new TrajectoryPoint(k, way[k], 1, Double.NaN, k, k, 1, 1, Double.NaN, k))
                    .toList();
            String name =
                    Objects.requireNonNull(search.candidates()).arms().get(i).name();
            runs.add(new ArmRun(name, 1, new Outcome(Outcome.Kind.FINISHED, way.length - 1, ""), points));
        }
        search.ran(runs);
        return Objects.requireNonNull(search.searches().get("tuned"));
    }

    @Test
    void choosesTheLeastFinalLossAndSaysWhenItIsAtTheEndOfTheGrid() {
        Search inside = search(new double[] {1, 0.9, 0.8}, new double[] {1, 1.9, 0.2}, new double[] {1, 0.9, 0.3});
        assertThat(inside.chosen()).contains("1.0").doesNotContain("10");
        assertThat(inside.atEnd()).isFalse();
        assertThat(search(new double[] {1, 0.9, 0.8}, new double[] {1, 1, 0.2}, new double[] {1, 0.9, 0.1})
                        .atEnd())
                .isTrue();
    }

    @Test
    void aSizeWhoseLossHasExceededTwiceTheFirstIsNotChosen() {
        Search search = search(new double[] {1, 0.9, 0.8}, new double[] {1, 0.9, 0.7}, new double[] {1, 728, 0.1});
        assertThat(search.chosen()).contains("1.0").doesNotContain("10");
        assertThat(search.candidates().get(2).loss()).isEqualTo(0.1);
        assertThat(search(new double[] {-1, -2, -3}, new double[] {-1, 0.1, -9}, new double[] {-1, 0, -4})
                        .chosen())
                .as("of negative losses: by the magnitude of the first")
                .contains("10");
    }

    @Test
    void ifAllHaveExceededItTheLeastFinalLossDecides() {
        assertThat(search(new double[] {1, 3, 0.8}, new double[] {1, 3, 0.2}, new double[] {1, 728, 0.3})
                        .chosen())
                .contains("1.0")
                .doesNotContain("10");
    }
}
