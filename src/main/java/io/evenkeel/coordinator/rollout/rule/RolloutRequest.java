package io.evenkeel.coordinator.rollout.rule;

import io.evenkeel.coordinator.platform.problem.DisplayName;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An operator's request; {@link RolloutCheck} converts it to a {@link RolloutDefinition}.
 *
 * @param model the registered model
 * @param version the version to roll out
 * @param alias the alias behind which devices get it, and which names it in the end
 * @param description what it is for
 * @param selector only devices that it chooses take part before the alias moves; every device if left out
 * @param seenWithin devices count as alive that were seen within this time when a group opens, default 7 days
 * @param groups in the order in which they open
 * @param reports devices that must have reported before a group passes or a rate stops the roll-out, default 10
 * @param coverage share of a group's living devices that must have reported for it to pass, default 0.5
 * @param success share of the reports of a group that must say installed for it to pass, default 0.95
 * @param error share of failures among the reports of a group above which the roll-out stops, default 0.05
 * @param metrics metrics on the devices' own data that must not be inferior to those of the version before
 * @param minTime how long a group stays open at least, default 0
 * @param groupTime how long a group may take to pass, default 1 day
 * @param onTimeout what happens if it does not, default pause
 * @param approval whether a second operator must approve it before it starts, default false
 */
@Schema(name = "RolloutRequest")
public record RolloutRequest(
        @NotNull(message = "is missing, expected a registered model's name")
        String model,

        @NotNull(message = "is missing, expected a version's number")
        Integer version,

        @NotNull(message = "is missing, expected an alias, such as production")
        String alias,

        @Size(max = 1000) @DisplayName @Nullable String description,
        @Nullable String selector,
        @Nullable Duration seenWithin,

        @NotNull(message = "is missing, expected 1 to 20 groups, such as [{\"share\": 0.05}, {\"share\": 1}]")
        @Size(min = 1, max = 20)
        List<@NotNull @Valid RolloutGroupRule> groups,

        @Min(1) @Max(1_000_000) @Nullable Integer reports,
        @DecimalMin("0") @DecimalMax("1") @Nullable Double coverage,
        @DecimalMin("0") @DecimalMax("1") @Nullable Double success,
        @DecimalMin("0") @DecimalMax("1") @Nullable Double error,
        @Size(max = 8) @Nullable List<@NotNull @Valid Metric> metrics,
        @Nullable Duration minTime,
        @Nullable Duration groupTime,
        RolloutDefinition.@Nullable OnTimeout onTimeout,
        @Nullable Boolean approval) {

    /**
     * A metric that must not be inferior.
     *
     * @param name its name in the devices' reports
     * @param better whether higher or lower values are better, default higher
     * @param margin how much worse the version may be in the mean over devices, in the metric's unit
     * @param confidence of the one-sided bound, default 0.95
     * @param minSamples reports on fewer samples are not compared, default 1
     */
    @Schema(name = "RolloutMetricRequest")
    public record Metric(
            @NotNull @Pattern(regexp = NAME, message = NAMES)
            String name,

            RolloutDefinition.@Nullable Better better,

            @NotNull(message = "is missing, expected how much worse the metric may be, 0 or more")
            @DecimalMin("0")
            @DecimalMax("1e300")
            Double margin,

            @DecimalMin("0.5") @DecimalMax("0.9999") @Nullable
            Double confidence,

            @Min(1) @Nullable Long minSamples) {

        /** The pattern of metrics' names. */
        public static final String NAME = "[a-z0-9_.-]{1,64}";

        /** Says what {@link #NAME} allows. */
        public static final String NAMES = "must be 1 to 64 of a-z, 0-9, '_', '.' and '-'";
    }
}
