package io.evenkeel.trial.grid;

import io.evenkeel.trial.experiment.Target;
import io.evenkeel.trial.measure.Spreads;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * One value of an axis, with every method at its best step for this value.
 *
 * @param value the axis's value
 * @param plain the plain methods
 * @param normalized the normalized methods
 */
record Place(String value, List<Side> plain, List<Side> normalized) {

    /** Returns the best plain method. */
    Side yardstick() {
        return plain.stream().min(Comparator.comparingDouble(Side::medianLoss)).orElseThrow();
    }

    private double leastLoss() {
        return sides().stream().mapToDouble(Side::medianLoss).min().orElse(Double.POSITIVE_INFINITY);
    }

    private double firstLoss() {
        return Spreads.median(yardstick().runs().stream()
                .mapToDouble(run -> run.points().isEmpty()
                        ? Double.POSITIVE_INFINITY
                        : run.points().get(0).loss())
                .toArray());
    }

    /** Returns the loss reduction of the best method; NaN if no method reduced the loss. */
    double improvement() {
        double improvement = firstLoss() - leastLoss();
        return improvement > 0 && Double.isFinite(improvement) ? improvement : Double.NaN;
    }

    /** Returns the target for counting rounds: nine tenths of the best method's improvement. */
    Target target() {
        double share = Double.isNaN(improvement()) ? 0 : Thresholds.SHARE_OF_IMPROVEMENT * improvement();
        return new Target(Target.Measure.LOSS, firstLoss() - share);
    }

    /** Returns all methods. */
    List<Side> sides() {
        return Stream.concat(plain.stream(), normalized.stream()).toList();
    }

    /** Returns a method. */
    Side of(String arm) {
        return sides().stream()
                .filter(side -> side.arm().equals(arm))
                .findFirst()
                .orElseThrow();
    }

    /** Compares a method with the best plain one. */
    Contest contest(String arm) {
        return new Contest(value, of(arm), yardstick(), target(), improvement());
    }
}
