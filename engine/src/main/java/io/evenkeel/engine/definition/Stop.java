package io.evenkeel.engine.definition;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.evenkeel.engine.definition.StopCondition.Closing;
import io.evenkeel.engine.definition.StopCondition.Figures;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The conditions that stop a run before its last round. Each is evaluated when a round closes. The field, the check in
 * {@link #resolve} and the evaluation in {@link #conditions} of each condition are in this class.
 *
 * @param targets the run finishes when any is reached, such as {@code accuracy >= 0.95} or {@code loss <= 0.1}
 * @param patience the run finishes when its loss or a metric no longer improves
 * @param maxBytes the run finishes when its closed rounds have sent this many bytes, both ways
 * @param maxTime the run finishes when this time has passed since round 0 opened, pauses included
 * @param divergence the run pauses when its loss is far above its best; on by default in runs whose devices
 *     report losses, or {@code off}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Stop(
        @Nullable List<String> targets,
        @Nullable Patience patience,
        @Nullable Long maxBytes,
        @Nullable Duration maxTime,
        @Nullable Divergence divergence) {

    /** No conditions. */
    static final Stop NONE = new Stop(null, null, null, null, null);

    private static final int MAX_TARGETS = 16;
    private static final Duration MAX_TIME = Duration.ofDays(3650);

    /**
     * Checks the conditions and fills in their defaults.
     *
     * @param errors collects the errors
     * @param hasLosses whether devices report losses
     * @param longestAbsence the number of consecutive rounds that members in an experiment's other arms miss
     * @return null if there are none or one of them is invalid
     */
    static @Nullable Stop resolve(@Nullable Stop given, FieldErrors errors, boolean hasLosses, int longestAbsence) {
        Stop asked = given == null ? NONE : given;
        Long maxBytes = asked.maxBytes;
        errors.require(
                maxBytes == null || maxBytes > 0,
                "stop.maxBytes",
                () -> "is " + maxBytes + ", expected a number of bytes from 1, or none for no limit");
        Duration maxTime = asked.maxTime;
        errors.require(
                maxTime == null || (maxTime.compareTo(Duration.ZERO) > 0 && maxTime.compareTo(MAX_TIME) <= 0),
                "stop.maxTime",
                () -> "is " + maxTime + ", expected a time above 0s and at most " + MAX_TIME
                        + ", or none for no limit");
        Stop resolved = new Stop(
                targets(asked.targets, errors),
                asked.patience == null ? null : asked.patience.resolved(errors),
                maxBytes,
                maxTime,
                Divergence.resolved(asked.divergence, errors, hasLosses, longestAbsence));
        return errors.isEmpty() && !resolved.equals(NONE) ? resolved : null;
    }

    /** Returns the conditions of the definition. If several hold, the run stops for the first. */
    List<StopCondition> conditions() {
        return Stream.of(
                        divergence == null || divergence.equals(Divergence.OFF) ? null : divergence.condition(),
                        targets == null || targets.isEmpty() ? null : target(targets),
                        patience == null ? null : patience.condition(),
                        maxBytes == null ? null : bytes(maxBytes),
                        maxTime == null ? null : time(maxTime))
                .filter(Objects::nonNull)
                .toList();
    }

    private static @Nullable List<String> targets(@Nullable List<String> asked, FieldErrors errors) {
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

    private static StopCondition target(List<String> texts) {
        boolean ofLoss = texts.stream().allMatch(StopTarget::isOfLoss);
        return new StopCondition(
                StopReason.TARGET,
                "stop.targets",
                ofLoss ? Figures.LOSS : Figures.METRICS,
                closing -> texts.stream()
                        .map(StopTarget::parse)
                        .filter(target -> target.isReached(value(target.metric(), closing)))
                        .findFirst()
                        .map(target -> target.metric() + " is " + value(target.metric(), closing)
                                + ", and the target is " + target)
                        .orElse(null));
    }

    private static @Nullable Double value(String metric, Closing closing) {
        return StopTarget.value(metric, closing.round().loss(), closing.round().metrics());
    }

    private static StopCondition bytes(long most) {
        return StopCondition.of(
                StopReason.BYTES,
                "stop.maxBytes",
                closing -> closing.progress().totalBytes() < most
                        ? null
                        : "the run has sent " + closing.progress().totalBytes() + " bytes, but stop.maxBytes is "
                                + most);
    }

    private static StopCondition time(Duration longest) {
        return StopCondition.of(
                StopReason.TIME,
                "stop.maxTime",
                closing -> closing.round().sinceStart().compareTo(longest) < 0
                        ? null
                        : "the run has taken " + closing.round().sinceStart() + ", and stop.maxTime is " + longest);
    }

    /**
     * The limit of rounds without improvement.
     *
     * @param rounds number of rounds without improvement after which the run finishes
     * @param metric {@code loss}, which is the default, or a metric that devices report
     * @param goal {@code min} or {@code max}; by default {@code min} for the loss and {@code max} for a metric
     * @param minDelta the smallest change that counts as an improvement, default 0
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Patience(
            @Min(1) @Max(1_000_000) @Nullable Integer rounds,
            @Nullable String metric,
            @Nullable String goal,
            @Nullable Double minDelta) {

        private static final Pattern METRIC = Pattern.compile("[a-z0-9_.-]{1,64}");

        private Patience resolved(FieldErrors errors) {
            errors.requireInteger("stop.patience.rounds", rounds);
            String measured = figure();
            errors.require(
                    METRIC.matcher(measured).matches(),
                    "stop.patience.metric",
                    () -> "is '" + measured
                            + "', expected loss, or a metric's name: 1 to 64 of a-z, 0-9, '_', '.' and '-'");
            String aim = goal != null ? goal : measured.equals(StopTarget.LOSS) ? "min" : "max";
            errors.require(
                    aim.equals("min") || aim.equals("max"),
                    "stop.patience.goal",
                    () -> "is '" + aim + "', expected min if smaller values are better, or max");
            double least = minDelta == null ? 0 : minDelta;
            errors.require(
                    least >= 0 && Double.isFinite(least),
                    "stop.patience.minDelta",
                    () -> "is " + least + ", expected 0 or more: the smallest change that counts as an improvement");
            return new Patience(rounds, measured, aim, least);
        }

        private String figure() {
            return metric == null ? StopTarget.LOSS : metric;
        }

        /** Returns the value in a closed round; null if no device reported it. */
        @Nullable
        Double value(StopConditions.ClosedRound closed) {
            return StopTarget.value(figure(), closed.loss(), closed.metrics());
        }

        /** Returns whether a value improves on the best earlier one by more than {@code minDelta}. */
        boolean improves(double value, @Nullable Double best) {
            double least = minDelta == null ? 0 : minDelta;
            return best == null || ("max".equals(goal) ? value - best > least : best - value > least);
        }

        private StopCondition condition() {
            return new StopCondition(
                    StopReason.NO_IMPROVEMENT,
                    "stop.patience.metric",
                    figure().equals(StopTarget.LOSS) ? Figures.LOSS : Figures.METRICS,
                    this::stalled);
        }

        private @Nullable String stalled(Closing closing) {
            StopProgress progress = closing.progress();
            int since = closing.round().round() - progress.bestRound();
            return rounds == null || progress.bestValue() == null || since < rounds
                    ? null
                    : figure() + " has not improved for " + StopCondition.rounds(since) + ": its best is "
                            + progress.bestValue() + ", of round " + progress.bestRound();
        }
    }
}
