package io.evenkeel.trial.live;

import io.evenkeel.tools.RoundFigures;
import io.evenkeel.trial.result.ArmRun;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A run's records as a trajectory. Losses and metrics of a round are means over the devices that took part and their
 * samples. Both change from round to round, so targets and final figures are judged by trailing means.
 */
final class LiveTrajectory {

    /** The seed of all runs, since a comparison has one run for each method. */
    static final long SEED = 1;

    /** The minimum number of rounds for estimating the scatter, if that many exist. */
    private static final int ROUNDS_OF_SCATTER = 10;

    private final LiveRun run;
    private final int window;
    private final List<TrajectoryPoint> points;

    /**
     * @param metric the metric in place of the accuracy, null if there is none
     * @param window the number of rounds of a trailing mean, at least 1
     */
    LiveTrajectory(LiveRun run, @Nullable String metric, int window) {
        this.run = run;
        this.window = window;
        this.points = points(run.rounds(), metric);
    }

    private static List<TrajectoryPoint> points(List<RoundFigures> rounds, @Nullable String metric) {
        List<TrajectoryPoint> points = new ArrayList<>();
        long up = 0;
        long down = 0;
        double seconds = 0;
        for (RoundFigures round : rounds) {
            double measured = metric == null ? Double.NaN : round.metrics().getOrDefault(metric, Double.NaN);
            points.add(new TrajectoryPoint(
                    round.round(),
                    round.loss(),
                    Double.NaN,
                    measured,
                    up,
                    down,
                    round.gamma(),
                    round.directionNorm(),
                    Double.NaN,
                    seconds));
            up += round.uplinkBytes();
            down += round.downlinkBytes();
            seconds += round.seconds();
        }
        // The newest model is not yet measured.
        int last = rounds.get(rounds.size() - 1).round() + 1;
        points.add(new TrajectoryPoint(
                last, Double.NaN, Double.NaN, Double.NaN, up, down, Double.NaN, Double.NaN, Double.NaN, seconds));
        return points;
    }

    /** Returns the recorded figures. */
    ArmRun recorded() {
        return new ArmRun(run.name(), SEED, run.outcome(), points);
    }

    /** Returns a copy with trailing means of losses and metrics. */
    ArmRun smoothed() {
        double[] losses = trailing(TrajectoryPoint::loss);
        double[] metrics = trailing(TrajectoryPoint::testMetric);
        List<TrajectoryPoint> smoothed = IntStream.range(0, points.size())
                .mapToObj(i -> {
                    TrajectoryPoint p = points.get(i);
                    return new TrajectoryPoint(
                            p.round(),
                            losses[i],
                            p.gradNorm(),
                            metrics[i],
                            p.uplinkBytes(),
                            p.downlinkBytes(),
                            p.stepSize(),
                            p.directionNorm(),
                            p.epsilon(),
                            p.seconds());
                })
                .toList();
        return new ArmRun(run.name(), SEED, run.outcome(), smoothed);
    }

    /** Repeats the last mean if the window has no figure; NaN before the first figure. */
    private double[] trailing(ToDoubleFunction<TrajectoryPoint> figure) {
        double[] means = new double[points.size()];
        for (int i = 0; i < means.length; i++) {
            double mean = mean(figure, Math.max(0, i - window + 1), i + 1);
            means[i] = Double.isNaN(mean) && i > 0 ? means[i - 1] : mean;
        }
        // The newest model has no figure, so its window is extended by one.
        means[means.length - 1] = means.length > 1 ? means[means.length - 2] : means[0];
        return means;
    }

    private double mean(ToDoubleFunction<TrajectoryPoint> figure, int from, int to) {
        return points.subList(from, to).stream()
                .mapToDouble(figure)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }

    /** Returns the number of rounds in which a figure was reported. */
    long known(ToDoubleFunction<TrajectoryPoint> figure) {
        return points.stream()
                .filter(point -> !Double.isNaN(figure.applyAsDouble(point)))
                .count();
    }

    /**
     * Estimates the standard error of the last trailing mean from the figures' second differences, which a trend does
     * not affect. NaN with fewer than three figures.
     */
    double standardError(ToDoubleFunction<TrajectoryPoint> figure) {
        double[] known =
                points
                        .subList(Math.max(0, points.size() - 1 - Math.max(window, ROUNDS_OF_SCATTER)), points.size())
                        .stream()
                        .mapToDouble(figure)
                        .filter(value -> !Double.isNaN(value))
                        .toArray();
        double squares = 0;
        for (int i = 2; i < known.length; i++) {
            double second = known[i] - 2 * known[i - 1] + known[i - 2];
            squares += second * second;
        }
        // The variance of a second difference of independent figures is 1 + 4 + 1 times that of a figure.
        int averaged = Math.min(window, known.length);
        return known.length < 3 ? Double.NaN : Math.sqrt(squares / (6.0 * (known.length - 2)) / averaged);
    }
}
