package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.ArmSettings;
import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.measure.Spreads;
import io.evenkeel.trial.plot.Numerals;
import io.evenkeel.trial.result.TrajectoryPoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/** The range of step sizes with which a method ends as well as the best method at its best step. */
final class StepRange {

    private final ArmSettings arm;
    private final List<Side> steps;
    private final List<Side> good = new ArrayList<>();

    /**
     * @param steps the method at each step size of the grid, ascending
     * @param best the best of all methods at its best step
     * @param improvement the loss reduction of that method
     */
    StepRange(ArmSettings arm, List<Side> steps, Side best, double improvement) {
        this.arm = arm;
        this.steps = steps;
        Target there = new Target(Target.Measure.LOSS, best.medianLoss());
        for (Side side : steps) {
            Contest against = new Contest("", side, best, there, improvement);
            if (Spreads.median(against.qualityGains()) > -against.qualityThreshold()) {
                good.add(side);
            }
        }
    }

    static Side best(List<Side> all) {
        return all.stream().min(Comparator.comparingDouble(Side::medianLoss)).orElseThrow();
    }

    String name() {
        return arm.name();
    }

    boolean isEmpty() {
        return good.isEmpty();
    }

    /** Returns whether the largest step of the grid is good, so that larger ones might be too. */
    boolean isOpen() {
        return !good.isEmpty() && last(good).equals(last(steps));
    }

    /**
     * Returns the length of the first step with the largest good step size; empty if the step rule's length is unknown,
     * or no step is good.
     */
    OptionalDouble longest() {
        if (good.isEmpty()) {
            return OptionalDouble.empty();
        }
        double[] lengths = last(good).runs().stream()
                .filter(run -> !run.points().isEmpty())
                .mapToDouble(run -> length(run.points().get(0)))
                .toArray();
        double median = lengths.length == 0 ? Double.NaN : Spreads.median(lengths);
        return Double.isFinite(median) ? OptionalDouble.of(median) : OptionalDouble.empty();
    }

    private double length(TrajectoryPoint first) {
        return switch (arm.rule().length()) {
            case DIRECTION -> first.stepSize() * first.directionNorm();
            case FACTOR, SHRINKING, ADAPTED -> first.stepSize();
            case FACTOR_IN_EACH_TENSOR, OTHER -> Double.NaN;
        };
    }

    private static Side last(List<Side> sides) {
        return sides.get(sides.size() - 1);
    }

    /** Compares the largest good steps with those of another method. */
    Contest.Result against(StepRange other) {
        if (isEmpty() && other.isEmpty()) {
            return Contest.Result.SAME;
        }
        if (isEmpty() || other.isEmpty()) {
            StepRange failed = isEmpty() ? this : other;
            Contest.Result result = isEmpty() ? Contest.Result.WORSE : Contest.Result.BETTER;
            return best(failed.steps).atEnd() ? Contest.Result.OPEN : result;
        }
        double ratio = longest().orElse(Double.NaN) / other.longest().orElse(Double.NaN);
        if (Double.isNaN(ratio)) {
            return Contest.Result.UNDECIDED;
        }
        if (ratio >= Thresholds.STEPS) {
            return other.isOpen() ? Contest.Result.UNDECIDED : Contest.Result.BETTER;
        }
        if (ratio <= 1 / Thresholds.STEPS) {
            return isOpen() ? Contest.Result.UNDECIDED : Contest.Result.WORSE;
        }
        return Contest.Result.SAME;
    }

    String sentence() {
        String lost = lost();
        if (good.isEmpty()) {
            return name() + " ends as well as the best at no step size of the grid" + lost + ".";
        }
        String from = good.get(0).step();
        String to = last(good).step();
        OptionalDouble length = longest();
        return name() + " ends as well as the best "
                + (from.equals(to)
                        ? "at " + from + " times its own step"
                        : "from " + from + " to " + to + " times its own step")
                + (isOpen() ? ", where the grid ends" : "") + lost
                + (length.isPresent()
                        ? "; its longest such step moves the model by " + Numerals.shortest(length.getAsDouble(), 3)
                                + " in the first round"
                        : "")
                + ".";
    }

    private String lost() {
        List<String> lost = steps.stream().filter(Side::isLost).map(Side::step).toList();
        return lost.isEmpty() ? "" : " (it diverges at " + String.join(", ", lost) + " times)";
    }
}
