package io.evenkeel.coordinator.rollout.rule;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a roll-out, complete and checked. {@link RolloutRequest} explains the components.
 *
 * @param selector which devices take part; absent for all
 * @param groups the groups in their order
 * @param reports how many reports a group needs at least
 * @param coverage the share of a group's living devices that must have reported
 * @param success the minimum share of reports of success
 * @param error the probability of passing a version that is worse than permitted
 * @param metrics the metrics that must not be inferior
 * @param onTimeout what happens if a group does not pass in its time
 * @param approval whether it waits for an operator's approval
 * @param upstream the id of the roll-out of the coordinator above that this one follows; null if it is decided here
 */
@Schema(name = "RolloutDefinition")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RolloutDefinition(
        String model,
        int version,
        String alias,
        @Nullable String description,
        @Nullable String selector,
        Duration seenWithin,
        List<RolloutGroupRule> groups,
        int reports,
        Double coverage,
        double success,
        double error,
        List<Metric> metrics,
        Duration minTime,
        Duration groupTime,
        OnTimeout onTimeout,
        boolean approval,
        @Nullable String upstream) {

    /** Fills in rules that were introduced after a roll-out was created: all devices count, and none need report. */
    public RolloutDefinition {
        seenWithin = Objects.requireNonNullElse(seenWithin, RolloutCheck.MAX_TIME);
        coverage = Objects.requireNonNullElse(coverage, 0.0);
    }

    /** Returns the number of reports from which metrics can pass a group or stop the roll-out. */
    public int pairsToDecide() {
        return Math.max(2, reports);
    }

    /**
     * A metric that must not be inferior.
     *
     * @param better whether a larger or a smaller value is better
     * @param margin how much worse the version may be in the mean over devices, in the metric's unit
     * @param confidence the confidence of the one-sided bound
     * @param minSamples reports on fewer samples are not compared
     */
    @Schema(name = "RolloutMetricRule")
    public record Metric(String name, Better better, double margin, double confidence, long minSamples) {}

    /** The direction in which a metric is better. */
    public enum Better {
        HIGHER,
        LOWER;

        /** Returns the name in definitions. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The action when a group's time is over and it has not passed. */
    public enum OnTimeout {
        /** The roll-out waits for an operator. */
        PAUSE,
        /** The roll-out ends, and devices return to the previous version. */
        STOP,
        /** The next group opens nevertheless. */
        CONTINUE;

        /** Returns the name in definitions. */
        @JsonValue
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
