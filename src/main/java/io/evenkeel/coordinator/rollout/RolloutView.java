package io.evenkeel.coordinator.rollout;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.evenkeel.engine.rollout.MetricVerdict;
import io.evenkeel.engine.rollout.RolloutDefinition;
import io.evenkeel.engine.rollout.RolloutNotice;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A roll-out with its groups.
 *
 * @param rollout its entry in lists
 * @param rules the rules set by the operator
 * @param waitsFor the conditions that it waits for; empty once it is over
 * @param warnings notices for the operator about its open group
 * @param progress its groups in their order
 * @param events its last events, oldest first
 */
@Schema(name = "Rollout")
record RolloutView(
        @JsonUnwrapped RolloutSummary rollout,
        RolloutDefinition rules,
        List<RolloutNotice> waitsFor,
        List<RolloutNotice> warnings,
        List<GroupProgress> progress,
        List<RolloutEvent> events) {

    /**
     * The state of a group.
     *
     * @param number its number, from 1
     * @param name its name
     * @param rule the rule that selects its devices
     * @param state planned, open, passed or skipped; stopped if the roll-out stopped in it
     * @param devices the number of devices in it when it opened, including those of smaller groups
     * @param alive the number of devices that it added and that had been seen within the roll-out's time when it opened
     * @param needed the number of reports that it needs to pass
     * @param asked devices that got the version in this group
     * @param installed of these, how many reported it as installed
     * @param failed of these, how many reported a failure
     * @param metrics the newest evaluation of its metrics
     */
    @Schema(name = "RolloutGroup")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record GroupProgress(
            int number,
            @Nullable String name,
            String rule,
            String state,
            @Nullable Integer devices,
            @Nullable Integer alive,
            @Nullable Integer needed,
            int asked,
            int installed,
            int failed,
            @Nullable Instant openedAt,
            @Nullable Instant deadline,
            @Nullable Instant endedAt,
            List<MetricProgress> metrics) {}

    /**
     * The state of a metric.
     *
     * @param name its name
     * @param reported devices that have reported it for both versions by now
     * @param pairs of these, devices in the newest evaluation; at most one before the first evaluation
     * @param difference mean over devices of the new value minus the previous one
     * @param low lower end of the interval of the mean; none for one device
     * @param high upper end
     * @param margin how much worse it may be
     * @param verdict non-inferior, inferior, early-inferior or undecided
     * @param text the verdict in words
     */
    @Schema(name = "RolloutMetric")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MetricProgress(
            String name,
            int reported,
            int pairs,
            @Nullable Double difference,
            @Nullable Double low,
            @Nullable Double high,
            double margin,
            MetricVerdict verdict,
            String text) {}
}
