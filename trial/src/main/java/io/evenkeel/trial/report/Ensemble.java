package io.evenkeel.trial.report;

import io.evenkeel.trial.measure.Spreads;
import io.evenkeel.trial.plot.Curve;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import io.evenkeel.trial.text.Figures;
import io.evenkeel.trial.text.Texts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * An arm's runs with all seeds as one curve: at each recorded round the median over seeds, and a band from minimum to
 * maximum. A diverged run counts as infinite from then on, so the median ends where half of the seeds have diverged.
 */
final class Ensemble {

    private final Texts texts;
    private final String arm;
    private final int style;
    private final List<ArmRun> runs;
    private final int length;

    Ensemble(Texts texts, String arm, int style, List<ArmRun> runs) {
        this.texts = texts;
        this.arm = arm;
        this.style = style;
        this.runs = runs.stream().filter(run -> !run.points().isEmpty()).toList();
        this.length =
                this.runs.stream().mapToInt(run -> run.points().size()).max().orElse(0);
    }

    /** Returns the curve of a figure over another one, which is also a median over seeds. */
    Curve curve(ToDoubleFunction<TrajectoryPoint> across, ToDoubleFunction<TrajectoryPoint> up) {
        double[] x = new double[length];
        double[] y = new double[length];
        double[] low = new double[length];
        double[] high = new double[length];
        for (int i = 0; i < length; i++) {
            double[] places = at(i, across);
            x[i] = Spreads.median(Arrays.stream(places).filter(Double::isFinite).toArray());
            double[] figures = at(i, up);
            y[i] = Spreads.median(figures);
            low[i] = figures[0];
            high[i] = figures[figures.length - 1];
        }
        // A figure that was not measured at a point is omitted there.
        int[] known =
                IntStream.range(0, length).filter(i -> !Double.isNaN(y[i])).toArray();
        boolean band = runs.size() > 1;
        double[] none = new double[0];
        return new Curve(
                arm,
                style,
                at(known, x),
                at(known, y),
                band ? at(known, low) : none,
                band ? at(known, high) : none,
                !ends().isEmpty(),
                true);
    }

    private static double[] at(int[] places, double[] figures) {
        return Arrays.stream(places).mapToDouble(i -> figures[i]).toArray();
    }

    private double[] at(int i, ToDoubleFunction<TrajectoryPoint> figure) {
        return runs.stream()
                .mapToDouble(run -> i < run.points().size()
                        ? figure.applyAsDouble(run.points().get(i))
                        : Double.POSITIVE_INFINITY)
                .toArray();
    }

    /**
     * Returns a note on a diverged arm, such as {@code ✕ ef21 diverged in 5 of 5 runs, first in round 1.}; empty if it
     * did not.
     */
    String ends() {
        List<Integer> rounds = new ArrayList<>();
        for (ArmRun run : runs) {
            if (run.outcome().kind() == Outcome.Kind.DIVERGED) {
                rounds.add(run.outcome().round());
            }
        }
        if (rounds.isEmpty()) {
            return "";
        }
        int first = rounds.stream().mapToInt(Integer::intValue).min().orElseThrow();
        return texts.get(
                "curves.diverged", arm, new Figures(texts).count(rounds.size(), runs.size()), Integer.toString(first));
    }
}
