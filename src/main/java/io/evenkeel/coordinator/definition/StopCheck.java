package io.evenkeel.coordinator.definition;

import io.evenkeel.coordinator.definition.RunDefinition.Divergence;
import io.evenkeel.coordinator.definition.RunDefinition.Patience;
import io.evenkeel.coordinator.definition.RunDefinition.Stop;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks the stop conditions of a definition and fills in their defaults. Collects what is wrong. Not thread-safe. */
final class StopCheck {

    private static final int MAX_TARGETS = 16;
    private static final Pattern METRIC = Pattern.compile("[a-z0-9_.-]{1,64}");
    private static final int MAX_ROUNDS = 1_000_000;
    private static final Duration LONGEST = Duration.ofDays(3650);

    private static final double DEFAULT_FACTOR = 2;
    private static final int DEFAULT_DIVERGED_ROUNDS = 10;

    private final FieldErrors errors;
    private final boolean hasLosses;
    private final int longestAbsence;

    /**
     * @param hasLosses whether devices report losses
     * @param longestAbsence the number of rounds that members in an experiment's other arms miss one after another
     */
    StopCheck(FieldErrors errors, boolean hasLosses, int longestAbsence) {
        this.errors = errors;
        this.hasLosses = hasLosses;
        this.longestAbsence = longestAbsence;
    }

    /** Returns the conditions with every default; null if there are none or one of them is wrong. */
    @Nullable
    Stop resolve(@Nullable Stop given) {
        Stop asked = given == null ? Stop.NONE : given;
        Long maxBytes = asked.maxBytes();
        errors.require(
                maxBytes == null || maxBytes > 0,
                "stop.maxBytes",
                () -> "is " + maxBytes + ", expected a number of bytes from 1, or none for no limit");
        Duration maxTime = asked.maxTime();
        errors.require(
                maxTime == null || (maxTime.compareTo(Duration.ZERO) > 0 && maxTime.compareTo(LONGEST) <= 0),
                "stop.maxTime",
                () -> "is " + maxTime + ", expected a time above 0s and at most " + LONGEST + ", or none for no limit");
        Stop resolved = new Stop(
                targets(asked.targets()),
                patience(asked.patience()),
                maxBytes,
                maxTime,
                divergence(asked.divergence()));
        return errors.isEmpty() && !resolved.equals(Stop.NONE) ? resolved : null;
    }

    private @Nullable List<String> targets(@Nullable List<String> asked) {
        if (asked == null || asked.isEmpty()) {
            return null;
        }
        errors.require(
                asked.size() <= MAX_TARGETS,
                "stop.targets",
                () -> "has " + asked.size() + " entries, expected at most " + MAX_TARGETS);
        return asked.stream()
                .map(text -> errors.parse(
                        "stop.targets", () -> StopTarget.parse(text).toString()))
                .filter(Objects::nonNull)
                .toList();
    }

    private @Nullable Patience patience(@Nullable Patience asked) {
        if (asked == null) {
            return null;
        }
        rounds("stop.patience.rounds", asked.rounds());
        String metric = asked.metric() == null ? StopTarget.LOSS : asked.metric();
        errors.require(
                METRIC.matcher(metric).matches(),
                "stop.patience.metric",
                () -> "is '" + metric + "', expected loss, or a metric's name: 1 to 64 of a-z, 0-9, '_', '.' and '-'");
        String goal = asked.goal() != null ? asked.goal() : metric.equals(StopTarget.LOSS) ? "min" : "max";
        errors.require(
                goal.equals("min") || goal.equals("max"),
                "stop.patience.goal",
                () -> "is '" + goal + "', expected min if smaller values are better, or max");
        double minDelta = asked.minDelta() == null ? 0 : asked.minDelta();
        errors.require(
                minDelta >= 0 && Double.isFinite(minDelta),
                "stop.patience.minDelta",
                () -> "is " + minDelta + ", expected 0 or more: the least change that counts as better");
        return new Patience(asked.rounds(), metric, goal, minDelta);
    }

    private @Nullable Divergence divergence(@Nullable Divergence asked) {
        if (asked == null && !hasLosses) {
            return null;
        }
        if (Divergence.OFF.equals(asked)) {
            return asked;
        }
        Divergence given = asked == null ? new Divergence(null, null, null) : asked;
        Double loss = given.loss();
        errors.require(
                loss == null || given.factor() == null,
                "stop.divergence",
                () -> "has loss and factor, expected one of them: set the other to none");
        errors.require(
                loss == null || Double.isFinite(loss),
                "stop.divergence.loss",
                () -> "is " + loss + ", expected a finite number, or none for a factor of the best loss");
        double factor = given.factor() == null ? DEFAULT_FACTOR : given.factor();
        errors.require(
                factor > 1 && Double.isFinite(factor),
                "stop.divergence.factor",
                () -> "is " + factor + ", expected a finite number above 1; divergence: off never pauses the run");
        int rounds =
                given.rounds() != null ? given.rounds() : loss != null ? 1 : DEFAULT_DIVERGED_ROUNDS + longestAbsence;
        rounds("stop.divergence.rounds", rounds);
        return new Divergence(loss, loss == null ? (Double) factor : null, rounds);
    }

    private void rounds(String field, @Nullable Integer rounds) {
        errors.require(
                rounds != null && rounds >= 1 && rounds <= MAX_ROUNDS,
                field,
                () -> "is " + (rounds == null ? "missing" : rounds) + ", expected an integer from 1 to " + MAX_ROUNDS);
    }
}
