package io.evenkeel.trial.live;

import io.evenkeel.tools.RoundFigures;
import io.evenkeel.trial.result.Outcome;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lists the weaknesses of a comparison of real runs. */
final class LiveCautions {

    /** Mean numbers of devices and first losses count as equal if they differ by less than this share. */
    private static final double SAME = 0.05;

    /** The minimum overlap of two runs that ran side by side, as a share of the shorter one's time. */
    private static final double SIDE_BY_SIDE = 0.8;

    /** The number of standard errors within which a difference may be due to chance. */
    private static final double CERTAIN = 2;

    private final List<LiveRun> runs;
    private final List<LiveTrajectory> trajectories;
    private final LiveRun yardstick;
    private final @Nullable String metric;
    private final int window;
    private final List<String> sentences = new ArrayList<>();

    LiveCautions(
            List<LiveRun> runs,
            List<LiveTrajectory> trajectories,
            LiveRun yardstick,
            @Nullable String metric,
            int window) {
        this.runs = runs;
        this.trajectories = trajectories;
        this.yardstick = yardstick;
        this.metric = metric;
        this.window = window;
    }

    List<String> sentences(List<Difference> differences) {
        runs.forEach(this::unfinished);
        method(differences);
        lengths();
        devices();
        firstLosses();
        times();
        reports("a loss", TrajectoryPoint::loss);
        metrics();
        for (int r = 0; r < runs.size(); r++) {
            if (!runs.get(r).equals(yardstick)) {
                scatter(r, "loss", TrajectoryPoint::loss);
                scatter(r, "metric", TrajectoryPoint::testMetric);
            }
        }
        sentences.add(
                "One run of each: there are no intervals. If a difference matters, run both again with another seed,"
                        + " and check whether it occurs again.");
        if (window > 1) {
            sentences.add(
                    "Losses are of the devices and samples of each round. Targets and ends are judged by the mean over the"
                            + " last " + window + " rounds; the curves and trajectory.csv have every round.");
        }
        return List.copyOf(sentences);
    }

    private void unfinished(LiveRun run) {
        Outcome outcome = run.outcome();
        if (outcome.kind() == Outcome.Kind.INTERRUPTED) {
            boolean over = run.details().status().ended();
            sentences.add(run.name() + " is " + run.details().status().state() + " after " + outcome.round() + " of "
                    + run.plannedRounds() + " rounds"
                    + (over
                            ? ": its figures end there."
                            : ": there is no verdict before it is finished. Compare again then."));
        }
    }

    private void method(List<Difference> differences) {
        List<String> others = differences.stream()
                .filter(difference -> !difference.isOfMethod())
                .map(Difference::setting)
                .toList();
        if (!others.isEmpty()) {
            sentences.add("Besides the method the runs differ in " + String.join(", ", others)
                    + ": differences in the results may be due to that.");
        }
        if (others.size() == differences.size()) {
            sentences.add("The runs have the same method, so differences between them are not due to the method. They"
                    + " show how large a meaningless difference can be.");
        }
    }

    private void lengths() {
        Set<Integer> lengths = new TreeSet<>();
        runs.forEach(run -> lengths.add(run.rounds().size()));
        if (lengths.size() > 1) {
            sentences.add("The runs have closed different numbers of rounds ("
                    + each(run -> Integer.toString(run.rounds().size()))
                    + "): compare their costs to a target rather than their final figures.");
        }
    }

    private void devices() {
        double[] means = runs.stream()
                .mapToDouble(run -> run.rounds().stream()
                        .mapToInt(RoundFigures::participants)
                        .average()
                        .orElse(0))
                .toArray();
        if (isUnlike(means)) {
            sentences.add("The runs had different numbers of devices in a round ("
                    + each(run -> format("%.1f", means[runs.indexOf(run)]))
                    + " on average): bytes and losses are of all devices together.");
        }
    }

    private void firstLosses() {
        double[] first =
                runs.stream().mapToDouble(run -> run.rounds().get(0).loss()).toArray();
        if (isUnlike(first)) {
            sentences.add(
                    "The losses of the first round differ (" + each(run -> format("%.4g", first[runs.indexOf(run)]))
                            + "): the runs began with other models, or their devices have other data.");
        }
    }

    private static boolean isUnlike(double[] figures) {
        DoubleSummaryStatistics all = Arrays.stream(figures).summaryStatistics();
        return all.getMax() - all.getMin() > SAME * Math.abs(all.getMax());
    }

    private void times() {
        for (LiveRun run : runs) {
            if (!run.equals(yardstick) && together(run, yardstick) < SIDE_BY_SIDE) {
                sentences.add(run.name() + " and " + yardstick.name()
                        + " did not run side by side: devices, their data and the network may have changed meanwhile.");
            }
        }
        sentences.add(
                "Seconds are those from a round's opening to its closing, waiting and pauses included, not computing.");
    }

    /** Returns the share of the shorter run's time in which both were open. */
    private static double together(LiveRun one, LiveRun other) {
        Instant from = latest(begin(one), begin(other));
        Instant to = earliest(end(one), end(other));
        double shorter = Math.min(seconds(begin(one), end(one)), seconds(begin(other), end(other)));
        return shorter <= 0 ? 1 : Math.max(0, seconds(from, to)) / shorter;
    }

    private static Instant begin(LiveRun run) {
        return run.rounds().get(0).openedAt();
    }

    private static Instant end(LiveRun run) {
        return run.rounds().get(run.rounds().size() - 1).closedAt();
    }

    private static Instant latest(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    private static Instant earliest(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 1000.0;
    }

    private void metrics() {
        if (metric != null) {
            reports("the metric '" + metric + "'", TrajectoryPoint::testMetric);
            return;
        }
        Set<String> reported = new TreeSet<>();
        runs.forEach(run -> reported.addAll(run.metrics()));
        sentences.add(
                reported.isEmpty()
                        ? "Devices reported no metric, so quality is the loss on their own samples alone."
                        : "No metric was compared; reported were " + String.join(", ", reported)
                                + ": choose with --metric one that all runs have, and for which larger values are better.");
    }

    private void reports(String what, ToDoubleFunction<TrajectoryPoint> figure) {
        for (int r = 0; r < runs.size(); r++) {
            long known = trajectories.get(r).known(figure);
            int rounds = runs.get(r).rounds().size();
            if (known < rounds) {
                sentences.add(runs.get(r).name() + " has " + what + " in "
                        + (known == 0 ? "none" : Long.toString(known)) + " of its " + rounds + " rounds.");
            }
        }
    }

    /** Adds a caution if the scatter of the rounds can explain the difference of two final figures. */
    private void scatter(int r, String what, ToDoubleFunction<TrajectoryPoint> figure) {
        LiveTrajectory mine = trajectories.get(r);
        LiveTrajectory theirs = trajectories.get(runs.indexOf(yardstick));
        double difference = Math.abs(end(mine, figure) - end(theirs, figure));
        double error = Math.hypot(mine.standardError(figure), theirs.standardError(figure));
        if (difference > 0 && difference <= CERTAIN * error) {
            sentences.add(runs.get(r).name() + " and " + yardstick.name() + " end with a " + what + " that differs by "
                    + format("%.3g", difference)
                    + ", which the rounds' scatter explains (two standard errors: "
                    + format("%.3g", CERTAIN * error) + "): treat them as equal.");
        }
    }

    private static double end(LiveTrajectory trajectory, ToDoubleFunction<TrajectoryPoint> figure) {
        List<TrajectoryPoint> points = trajectory.smoothed().points();
        return figure.applyAsDouble(points.get(points.size() - 1));
    }

    private String each(Function<LiveRun, String> figure) {
        return runs.stream().map(run -> run.name() + " " + figure.apply(run)).collect(Collectors.joining(", "));
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
